#pragma once

#include <filesystem>
#include <string>

#include "loop/boundary/conditions.h"
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
  /// What scores depend on: two sessions with the same can compare their runs.
  const Conditions& conditions() const { return conditions_; }

 private:
  LockedFiles texts_;
  LockedFiles data_;
  LockedFiles programs_;
  Conditions conditions_;
};

}  // namespace tern::loop
