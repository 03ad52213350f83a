#pragma once

#include <filesystem>

#include "tern/lab_files/lab.h"

namespace tern::loop {

/// Where the recipe that is at work lies, .tern/run: the same files for every experiment and run,
/// so that no program can tell by them which one it is.
class Stage {
 public:
  /// Ends what a killed loop has left there.
  explicit Stage(const Lab& lab);

  std::filesystem::path source() const { return root_ / "train.cpp"; }  // while it is built
  std::filesystem::path program() const { return root_ / "train"; }
  std::filesystem::path folder() const { return root_ / "run"; }  // all that the program can write
  std::filesystem::path log() const { return root_ / "log.txt"; }
  std::filesystem::path attendant_log() const { return root_ / "attendant.log"; }
  std::filesystem::path rows() const { return root_ / "results.tsv"; }  // of the run's evaluations
  std::filesystem::path score_log() const { return root_ / "score.log"; }

  /// Makes everything anew: no program, and an empty folder.
  void clear() const;
  /// Moves what a run left to where it is kept: the folder as `kept`, the logs beside it. What was
  /// there goes.
  void move_to(const std::filesystem::path& kept) const;
  /// Ends every process that is at work there.
  void end_leftovers() const;

 private:
  std::filesystem::path root_;
};

}  // namespace tern::loop
