#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "tern/contract/knob_description.h"
#include "tern/lab_files/lab.h"
#include "tern/runner/attendant_process.h"
#include "tern/runner/scorer.h"
#include "tern/sandbox/supervise.h"

namespace tern {

/// What a command does with recipes for the person who started it and can stop it: at the first
/// Ctrl-C or SIGTERM a run ends after its step and is saved, at a second one (more than a second
/// later: one request often comes twice) at once.
class Attended {
 public:
  /// Recipes run in the sandbox of this machine, or with --no-sandbox (`sandboxed` false) with all
  /// rights and the environment of the caller. `say` gets warnings. From now on stop signals no
  /// longer end this process.
  Attended(bool sandboxed, const std::function<void(std::string_view)>& say);

  /// The program of a recipe, built if it is not there already for the same text and toolchain.
  /// Programs are kept in `cache`. Throws an Error with the compiler's messages.
  std::filesystem::path build(const std::filesystem::path& source,
                              const std::filesystem::path& cache) const;

  /// What a program says of its knobs, as these flags set them.
  RecipeDescription describe(const std::filesystem::path& program,
                             const std::vector<std::string>& flags = {}) const;

  /// See recipe_job(). The limits of the disk are left out: a checkpoint and its successor are
  /// there at once, and somebody watches.
  Job job(const Lab& lab, const std::filesystem::path& program,
          const std::filesystem::path& folder) const;
  /// A job that prints the program's own help.
  Job help_job(const std::filesystem::path& program, const std::filesystem::path& folder) const;
  /// What attends a recipe's run in a lab, as far as it is the same for all: without rows, and
  /// with no limits. What it prints goes to `log`; empty: to this process's own output.
  AttendantOrder attendant(const Lab& lab, const std::filesystem::path& log) const;
  /// Runs a job. The result is `stopped` when the person stopped it.
  JobResult run(Job job) const;
  /// The same for a recipe's run with an attendant.
  AttendedRun run(const Job& job, const AttendantOrder& attendant) const;

  /// Scores models of a lab on at most so many tokens (0: all). Scores are kept in the lab's cache.
  Scorer scorer(const Lab& lab, int64_t max_tokens) const;
  /// For Scorer: ends at the first stop signal; calls `tick` with the seconds since the start.
  static Scorer::Watch watch(std::function<void(double seconds)> tick = {});
  /// True once a stop was asked for.
  static bool stop_asked();

 private:
  bool sandboxed_;
  Sandbox::Kind sandbox_;
};

}  // namespace tern
