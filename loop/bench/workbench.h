#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "loop/bench/bench.h"
#include "loop/bench/run_watch.h"
#include "loop/bench/stage.h"
#include "tern/lab_files/lab.h"
#include "tern/recipe/toolchain.h"
#include "tern/runner/attendant_process.h"
#include "tern/runner/scorer.h"
#include "tern/sandbox/supervise.h"

namespace tern::loop {

/// What a bench is doing, for a person who watches.
struct BenchView {
  const char* stage = "";  // "building", "training", "scoring", ...
  int64_t experiment = 0;
  int64_t run = 0;
  double seconds = 0;    // since the stage began
  double fraction = 0;   // of the training budget
  double trained_s = 0;  // seconds of training so far
  int64_t steps = 0;
  double loss = 0;  // of the last steps, nats
};

struct WorkbenchOptions {
  std::filesystem::path home;       // Tern's folder, see tern_home()
  std::filesystem::path evaluator;  // the program whose `eval` scores
  Sandbox::Kind sandbox = Sandbox::Kind::kNone;
  std::function<bool()> interrupted;           // true: end whatever runs, now; may be empty
  std::function<void(const BenchView&)> show;  // about ten times a second; may be empty
  std::function<int64_t()> free_bytes = {};    // of the lab's disk; empty: what the system says
};

/// The lab's own bench. Recipes are built, run and scored on its stage, one like the other; what
/// came of experiment 7 lies in
///
///     .tern/experiments/0007/train.cpp, build.log, train-<toolchain>   the recipe and its program
///     .tern/experiments/0007/2/log.txt, attendant.log, score.log       of run 2, out of its reach
///     .tern/experiments/0007/2/run/                                    all that the program wrote
///
/// Only a program that this bench has built itself, byte for byte, is run. What has no score any
/// more keeps its logs, tables and summary, none of them above 2 MiB.
class Workbench : public Bench {
 public:
  Workbench(const Lab& lab, WorkbenchOptions options);

  void clear(int64_t experiment) override;
  DescribedRecipe describe(int64_t experiment, const std::string& source) override;
  RunReport run(const RunOrder& order) override;
  std::optional<double> confirm(int64_t experiment, int64_t run) override;
  std::optional<double> score_finally(int64_t experiment, int64_t run) override;
  std::optional<double> reference() override;
  void discard(int64_t experiment) override;
  void end_leftovers(int64_t experiment) override;
  bool has_confirm_data() const override;
  std::string missing_room() const override;

 private:
  std::filesystem::path program_of(int64_t experiment) const;
  JobResult build(int64_t experiment, int64_t run, const std::string& source);
  std::string refuse_build(int64_t experiment, const JobResult& built) const;
  bool take_own_program(int64_t experiment, const std::string& source);
  void keep_program(int64_t experiment, const std::string& source);
  RunReport run_on_stage(const RunOrder& order);
  AttendedRun train(const RunOrder& order, RunWatch& watch);
  uint64_t dealt_seed(uint64_t seed) const;
  std::optional<double> score_again(const BenchView& view, const std::filesystem::path& tokens,
                                    const char* log) const;
  int64_t free_bytes() const;
  int64_t most_disk() const;
  void require_room() const;
  std::string watch_stage(BenchView view, double seconds) const;

  const Lab& lab_;
  WorkbenchOptions options_;
  Toolchain toolchain_;
  std::string toolchain_mark_;
  Scorer scorer_;
  Stage stage_;
  /// SHA-256 of a recipe's text -> of its program.
  std::map<std::string, std::string> built_;
  int64_t data_seed_;
};

}  // namespace tern::loop
