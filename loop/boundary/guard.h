#pragma once

#include <filesystem>
#include <string>

#include "loop/boundary/locked_files.h"
#include "tern/lab_files/lab.h"

namespace tern::loop {

/// Everything that decides what a score means and that nothing may touch while the loop runs:
/// lab.toml and program.md, data, confirm and final text, data seed, the full-precision model,
/// Tern's headers and libraries, and the program that scores.
class Guard {
 public:
  Guard(const Lab& lab, const std::filesystem::path& home, const std::filesystem::path& evaluator);

  /// What changed since, in one sentence; empty when nothing did.
  std::string changed() const;
  /// One hash of what scores depend on: two sessions with the same one can compare their runs.
  const std::string& conditions() const { return conditions_; }

 private:
  LockedFiles texts_;
  LockedFiles inputs_;
  std::string conditions_;
};

}  // namespace tern::loop
