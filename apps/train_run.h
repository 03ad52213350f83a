#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tern/contract/knob_description.h"
#include "tern/lab_files/lab.h"

namespace tern {

/// A run of `tern train`: a numbered folder of the lab, with what it takes to go on later.
struct TrainRun {
  std::filesystem::path folder;
  std::vector<std::string> flags;  // of the recipe, all of them
  bool trained = false;            // it has finished, and its score is all that is missing

  /// Its name in results.tsv, where a bare number is an experiment of `tern research`.
  std::string name() const { return "train-" + folder.filename().string(); }

  /// Makes the folder of the next run and keeps recipe and flags in it.
  static TrainRun start(const Lab& lab, std::vector<std::string> flags);
  /// What the recipe says of its knobs with these flags.
  using Describe = std::function<RecipeDescription(const std::vector<std::string>& flags)>;

  /// The newest run, which was stopped or has no score, with the flags that it had. Throws when it
  /// has finished and was scored, the recipe has changed, or `given` changes a value that the run
  /// had; with `force` such values are told to `say` and taken instead.
  static TrainRun resume(const Lab& lab, const std::vector<std::string>& given, bool force,
                         const Describe& describe,
                         const std::function<void(std::string_view)>& say);

  /// Writes the flags into the folder, whose lock the caller holds.
  void keep_flags() const;

  /// Removes the folder of a run that was refused before it began, so that numbers count real runs.
  void remove_if_nothing_ran() const;
};

}  // namespace tern
