#include "loop/bench/workbench.h"

#include <algorithm>
#include <limits>

#include "loop/bench/compiler_log.h"
#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/memory.h"
#include "tern/base/process.h"
#include "tern/base/remove_tree.h"
#include "tern/base/sha256.h"
#include "tern/lab_files/data_seed.h"
#include "tern/runner/killed.h"
#include "tern/runner/recipe_program.h"
#include "tern/runner/run_folder.h"
#include "tern/sandbox/untrusted_file.h"

namespace tern::loop {
namespace fs = std::filesystem;
namespace {

constexpr const char* kBuildLog = "build.log";
constexpr const char* kRows = "results.tsv";  // of a run's evaluations, which the attendant writes
constexpr const char* kInterrupted = "stopped by the user";
constexpr int64_t kMostKept = 2 << 20;  // bytes of each file that a dropped run leaves
constexpr int64_t kLeastDisk = int64_t{1} << 30;
constexpr size_t kMostEvaluations = 2000;

/// Removes what takes room in a folder that a program wrote.
void keep_tables(const fs::path& run) {
  keep_only(run, {"steps.tsv", kRows, "layers.tsv", RunSummary::kFile}, kMostKept);
}

/// The folders of an experiment's runs, by name.
std::vector<std::string> runs_in(const fs::path& experiment) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(experiment, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") == name.npos) names.push_back(name);
  }
  return names;
}

/// What the attendant has measured and written.
void add_measured(RunReport& report, const AttendantReport& measured, const fs::path& rows) {
  if (measured.summary) report.steps = measured.summary->steps;
  report.tokens = measured.tokens;
  report.training_s = measured.training_seconds;
  report.evaluations = read_untrusted_rows<ResultsRow>(rows, kMostEvaluations);
}

/// Puts the rows of a run beside the tables that its program wrote, in place of what it left there.
void keep_rows(const fs::path& rows, const fs::path& folder) {
  remove_tree(folder / kRows);
  if (fs::exists(rows)) fs::rename(rows, folder / kRows);
}

std::optional<double> ppl_of(const ScoreOfRecord& score) {
  return score.answer ? std::optional(score.answer->eval_ppl) : std::nullopt;
}

void add_view(BenchView& view, const RunWatch& watch, const BudgetConfig& budget) {
  const Curve& curve = watch.curve();
  view.steps = watch.steps();
  if (curve.loss.empty()) return;
  const double done = budget.tokens > 0 ? curve.tokens.back() / static_cast<double>(budget.tokens)
                                        : curve.seconds.back() / budget.seconds;
  view.fraction = std::min(1.0, done);
  view.trained_s = curve.seconds.back();
  view.loss = curve.smoothed(std::numeric_limits<double>::infinity());
}

}  // namespace

Workbench::Workbench(const Lab& lab, WorkbenchOptions options)
    : lab_(lab),
      options_(std::move(options)),
      toolchain_(Toolchain::read(options_.home)),
      toolchain_mark_(toolchain_.fingerprint().substr(0, 12)),
      scorer_({.evaluator = options_.evaluator,
               .base = LabManifest::read(lab).model,
               .sandbox = options_.sandbox,
               .max_bits = lab.config().research.max_bits}),
      stage_(lab),
      data_seed_(data_seed(lab)) {
  check(!LabManifest::read(lab).train_source.starts_with("-"),
        "this lab's text comes through standard input, and the runs of `tern research` would each "
        "have to read it anew; set data.train in lab.toml to a file and run `tern prepare`");
}

fs::path Workbench::program_of(int64_t experiment) const {
  return lab_.experiment(experiment) / ("train-" + toolchain_mark_);
}

/// A recipe must not tell by its seed which run it is, nor whether a rival runs with the same: what
/// it gets is fixed in a lab, and unknown outside the loop. Of 31 bits, as any flag can take it.
uint64_t Workbench::dealt_seed(uint64_t seed) const {
  return derived_seed(static_cast<uint64_t>(data_seed_), fmt::format("run seed {}", seed)) >> 33;
}

bool Workbench::has_confirm_data() const { return fs::exists(lab_.confirm_set()); }

int64_t Workbench::free_bytes() const {
  if (options_.free_bytes) return options_.free_bytes();
  return static_cast<int64_t>(fs::space(lab_.root()).available);
}

std::string Workbench::missing_room() const {
  const int64_t left = free_bytes();
  if (left >= kLeastDisk) return "";
  return fmt::format("only {} are left on the disk of {}, and an experiment may need more",
                     size_text(static_cast<double>(left)), lab_.root().string());
}

void Workbench::require_room() const {
  const std::string why = missing_room();
  check(why.empty(), "{}; make room, and start again: nothing is lost", why);
}

/// What a run may take of the disk: what lab.toml says, and never so much that the loop itself has
/// no room to write what came of it.
int64_t Workbench::most_disk() const {
  const int64_t most = std::max(kLeastDisk / 2, free_bytes() - kLeastDisk / 2);
  const auto asked = static_cast<int64_t>(lab_.config().limits.disk_gb * 1e9);
  return asked > 0 ? std::min(asked, most) : most;
}

std::string Workbench::watch_stage(BenchView view, double seconds) const {
  view.seconds = seconds;
  if (options_.show) options_.show(view);
  return options_.interrupted && options_.interrupted() ? kInterrupted : "";
}

void Workbench::clear(int64_t experiment) {
  const fs::path folder = lab_.experiment(experiment);
  check(remove_tree(folder), "cannot remove {}, which is in the place of a new experiment",
        folder.string());
}

/// Puts the program of a recipe onto the stage if this bench has built it, and it is the same
/// still.
bool Workbench::take_own_program(int64_t experiment, const std::string& source) {
  const auto own = built_.find(sha256_of(source));
  std::error_code missing;
  if (own == built_.end() || !fs::copy_file(program_of(experiment), stage_.program(), missing) ||
      missing) {
    return false;
  }
  if (sha256_of_file(stage_.program()) == own->second) return true;
  remove_tree(stage_.program());
  return false;
}

void Workbench::keep_program(int64_t experiment, const std::string& source) {
  const fs::path kept = program_of(experiment);
  remove_tree(kept);
  std::error_code full;
  fs::copy_file(stage_.program(), kept, full);
  check(!full, "cannot keep the program {}: {}", kept.string(), full.message());
  built_[sha256_of(source)] = sha256_of_file(stage_.program());
}

/// Puts the recipe's program onto an empty stage, and compiles it for that if need be.
JobResult Workbench::build(int64_t experiment, int64_t run, const std::string& source) {
  stage_.clear();
  if (take_own_program(experiment, source)) return {};
  const fs::path folder = lab_.experiment(experiment);
  fs::create_directories(folder);
  write_file_atomically(folder / "train.cpp", source);
  write_file_atomically(stage_.source(), source);
  const BenchView view{.stage = "building", .experiment = experiment, .run = run};
  const JobResult built = build_recipe(
      toolchain_, {.source = stage_.source(),
                   .program = stage_.program(),
                   .log = folder / kBuildLog,
                   .sandbox = options_.sandbox,
                   .watch = [&](double seconds) { return watch_stage(view, seconds); }});
  remove_tree(stage_.source());
  if (refuse_build(experiment, built).empty()) keep_program(experiment, source);
  return built;
}

/// Why a recipe has no program, in one sentence; empty when it has one.
std::string Workbench::refuse_build(int64_t experiment, const JobResult& built) const {
  if (!built.stopped.empty()) return built.stopped;
  if (!built.limit.empty()) return "building: " + built.limit;
  if (built.exit_code == 0) return "";
  return "does not compile: " +
         first_diagnostic(read_file(lab_.experiment(experiment) / kBuildLog));
}

DescribedRecipe Workbench::describe(int64_t experiment, const std::string& source) {
  JobResult ended = build(experiment, 0, source);
  const auto refused = [&](const std::string& why) {
    require_room();
    return DescribedRecipe{.recipe = {}, .refusal = why, .timed_out = !ended.limit.empty()};
  };
  if (const std::string why = refuse_build(experiment, ended); !why.empty()) return refused(why);
  try {
    return {.recipe = describe_recipe(stage_.program(), options_.sandbox, {}, &ended),
            .refusal = ""};
  } catch (const Error& e) {
    return refused(e.what());
  }
}

AttendedRun Workbench::train(const RunOrder& order, RunWatch& watch) {
  const fs::path folder = stage_.folder();
  const BudgetConfig& budget = lab_.config().budget;
  // Until the baseline has shown what starting, evaluating and packing take, anything reasonable.
  const double overhead = order.overhead_s > 0 ? order.overhead_s : 120 + budget.seconds;
  Job job = recipe_job(lab_, stage_.program(), folder, options_.sandbox);
  const std::vector<std::string> flags = {"--seed", std::to_string(dealt_seed(order.seed))};
  for (const auto& words : {flags, budget.flags()}) {
    job.command.insert(job.command.end(), words.begin(), words.end());
  }
  job.log = stage_.log();
  job.limits.log_bytes = kMostKept / 2;
  job.limits.folder_bytes = job.limits.file_bytes = most_disk();
  job.limits.least_free_bytes = kLeastDisk / 2;
  job.limits.seconds = budget.seconds + overhead;
  if (job.limits.memory_bytes == 0) job.limits.memory_bytes = available_memory();
  job.watch = [&](double seconds) {
    const std::string verdict = watch.verdict();
    BenchView view{.stage = "training", .experiment = order.experiment, .run = order.run};
    add_view(view, watch, budget);
    const std::string stopped = watch_stage(view, seconds);
    return stopped.empty() ? verdict : stopped;
  };
  return run_attended(job, {.program = options_.evaluator,
                            .lab = lab_.root(),
                            .results_file = stage_.rows(),
                            .experiment = {},
                            .commit = {},
                            .tokens = budget.tokens,
                            .seconds = budget.tokens > 0 ? 0 : budget.seconds,
                            .evaluations = budget.evaluations,
                            .eval_tokens = budget.eval_tokens,
                            .saves = false,
                            .log = stage_.attendant_log()});
}

RunReport Workbench::run(const RunOrder& order) {
  require_room();
  RunReport report = run_on_stage(order);
  if (report.outcome != Outcome::kScored) keep_tables(stage_.folder());
  report.files = files_of_run(stage_.folder());
  if (const auto program = built_.find(sha256_of(order.source)); program != built_.end()) {
    report.files->program = program->second;
  }
  stage_.move_to(kept_run(lab_, order.experiment, order.run));
  return report;
}

RunReport Workbench::run_on_stage(const RunOrder& order) {
  RunReport report;
  const fs::path folder = stage_.folder();
  const auto ended = [&](Outcome outcome, const std::string& reason) {
    report.outcome = reason == kInterrupted ? Outcome::kInterrupted : outcome;
    report.reason = reason;
    return report;
  };
  const JobResult built = build(order.experiment, order.run, order.source);
  if (const std::string why = refuse_build(order.experiment, built); !why.empty()) {
    return ended(built.limit.empty() ? Outcome::kCrashed : Outcome::kTimedOut, why);
  }

  Curve rival;
  if (order.rival_experiment > 0) {
    rival = read_curve(kept_run(lab_, order.rival_experiment, order.rival_run) / "steps.tsv");
  }
  RunWatch watch(folder / "steps.tsv", std::move(rival),
                 order.prune ? lab_.config().research.prune : 0);
  const auto [result, measured] = train(order, watch);
  make_accessible(folder);  // whatever the program has made of its rights
  report.time_s = result.seconds;
  report.memory_gb = static_cast<double>(result.peak_memory) / 1e9;
  report.processor_s = result.processor_seconds;
  if (measured) add_measured(report, *measured, stage_.rows());
  keep_rows(stage_.rows(), folder);
  if (!result.stopped.empty()) return ended(Outcome::kPruned, result.stopped);
  if (measured && !measured->refused.empty()) return ended(Outcome::kVoid, measured->refused);
  // Somebody else may have filled the disk: that is not the program's doing.
  const bool failed = !result.limit.empty() || result.exit_code != 0;
  if (const std::string why = missing_room(); failed && !why.empty()) {
    return ended(Outcome::kInterrupted, why);
  }
  if (!result.limit.empty()) return ended(Outcome::kTimedOut, result.limit);
  if (was_killed(result)) {
    return ended(Outcome::kInterrupted,
                 fmt::format("somebody killed it (signal {})", result.exit_code - 128));
  }
  if (result.exit_code != 0) {
    return ended(Outcome::kCrashed, fmt::format("exit code {}: {}", result.exit_code,
                                                last_line(read_file(stage_.log()))));
  }
  if (!measured) {
    return ended(Outcome::kInterrupted, "somebody killed the process that measured and scored it");
  }
  if (order.processor_s > 0 && result.processor_seconds > order.processor_s) {
    return ended(
        Outcome::kVoid,
        fmt::format("it used {:.1f} s of processor time; by lab.toml's "
                    "research.processor_time and what the incumbent used it may use {:.1f}",
                    result.processor_seconds, order.processor_s));
  }
  const BenchView view{.stage = "scoring", .experiment = order.experiment, .run = order.run};
  const ScoreOfRecord score =
      scorer_.score(folder / "model", lab_.eval_set(), stage_.score_log(),
                    [&](double seconds) { return watch_stage(view, seconds); });
  record_score(folder, score.answer);
  if (!score.answer) {
    return ended(score.timed_out ? Outcome::kTimedOut : Outcome::kCrashed, score.refusal);
  }
  if (!report.evaluations.empty()) {
    report.evaluations.push_back(score_row(report.evaluations.back(), *score.answer));
  }
  report.val_ppl = score.answer->eval_ppl;
  report.val_bpb = score.answer->eval_bpb;
  return ended(Outcome::kScored, "");
}

std::optional<double> Workbench::confirm(int64_t experiment, int64_t run) {
  return score_again({.stage = "confirming", .experiment = experiment, .run = run},
                     lab_.confirm_set(), "confirm.log");
}

std::optional<double> Workbench::score_finally(int64_t experiment, int64_t run) {
  return score_again({.stage = "scoring finally", .experiment = experiment, .run = run},
                     lab_.final_set(), "final.log");
}

std::optional<double> Workbench::score_again(const BenchView& view, const fs::path& tokens,
                                             const char* log) const {
  const fs::path folder = kept_run(lab_, view.experiment, view.run);
  return ppl_of(scorer_.score(folder / "model", tokens, folder.parent_path() / log,
                              [&](double seconds) { return watch_stage(view, seconds); }));
}

std::optional<double> Workbench::reference() {
  const BenchView view{.stage = "scoring the full-precision model"};
  return ppl_of(scorer_.reference(lab_.eval_set(), lab_.root() / ".tern" / "reference.log",
                                  [&](double seconds) { return watch_stage(view, seconds); }));
}

void Workbench::discard(int64_t experiment) {
  const fs::path folder = lab_.experiment(experiment);
  std::vector<std::string> kept = {"train.cpp", kBuildLog, "description.json"};
  for (const std::string& run : runs_in(folder)) {
    keep_only(folder / run,
              {"log.txt", "attendant.log", "score.log", "confirm.log", "final.log", "run/"},
              kMostKept);
    keep_tables(folder / run / "run");
    kept.push_back(run + "/");
  }
  keep_only(folder, kept, kMostKept);
}

void Workbench::end_leftovers(int64_t experiment) {
  stage_.end_leftovers();
  kill_leftovers(lab_.experiment(experiment).string());
}

}  // namespace tern::loop
