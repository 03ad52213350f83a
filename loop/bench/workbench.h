#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "loop/bench/bench.h"
#include "loop/bench/run_watch.h"
#include "tern/lab_files/lab.h"
#include "tern/recipe/toolchain.h"
#include "tern/runner/attendant_process.h"
#include "tern/runner/scorer.h"
#include "tern/sandbox/supervise.h"

namespace tern::loop {

/// What a bench is doing, for a person who watches.
struct BenchView {
  const char* stage = "";  // "building", "training", "scoring", "confirming"
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

/// The lab's own bench. Of experiment 7 it makes
///
///     .tern/experiments/0007/train.cpp, build.log, train-<toolchain>   the recipe and its program
///     .tern/experiments/0007/2/log.txt, results.tsv, score.log         of run 2, out of its reach
///     .tern/experiments/0007/2/run/                                    all that the program can
///     write
///
/// with a fresh folder for every run, so that nothing stale is ever scored. What has no score any
/// more keeps its logs, tables and summary, none of them above 2 MiB.
class Workbench : public Bench {
 public:
  Workbench(const Lab& lab, WorkbenchOptions options);

  DescribedRecipe describe(int64_t experiment, const std::string& source) override;
  RunReport run(const RunOrder& order) override;
  std::optional<double> confirm(int64_t experiment, int64_t run) override;
  std::optional<double> reference() override;
  void discard(int64_t experiment) override;
  void end_leftovers(int64_t experiment) override;
  bool has_confirm_data() const override;
  std::string missing_room() const override;

 private:
  std::filesystem::path program_of(int64_t experiment) const;
  std::filesystem::path run_folder(int64_t experiment, int64_t run) const;
  JobResult build(int64_t experiment, int64_t run, const std::string& source);
  std::string refuse_build(int64_t experiment, const JobResult& built) const;
  AttendedRun train(const RunOrder& order, RunWatch& watch);
  int64_t free_bytes() const;
  int64_t most_disk() const;
  void require_room() const;
  std::string watch_stage(BenchView view, double seconds) const;

  const Lab& lab_;
  WorkbenchOptions options_;
  Toolchain toolchain_;
  std::string toolchain_mark_;
  Scorer scorer_;
};

}  // namespace tern::loop
