#include "loop/bench/workbench.h"

#include <algorithm>
#include <limits>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/memory.h"
#include "tern/base/process.h"
#include "tern/sandbox/untrusted_file.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

constexpr const char* kInterrupted = "stopped by the user";
constexpr double kLongestBuild = 300;               // seconds
constexpr double kLongestDescription = 10;          // seconds
constexpr int64_t kBuildMemory = int64_t{6} << 30;  // cc1plus takes 0.5 GB for the shipped recipe
constexpr int64_t kLeastDisk = int64_t{1} << 30;
constexpr size_t kMostEvaluations = 2000;

double gigabytes(int64_t bytes) { return static_cast<double>(bytes) / 1e9; }

void require_disk(const fs::path& folder) {
  const auto left = static_cast<int64_t>(fs::space(folder).available);
  check(
      left >= kLeastDisk,
      "only {:.2f} GB are left on the disk of {}, and an experiment may need more; make room, and "
      "start again: nothing is lost",
      gigabytes(left), folder.string());
}

/// The first line of a compiler's log that names an error.
std::string first_error(const std::string& log) {
  size_t at = log.find("error");
  if (at == log.npos) at = 0;
  const size_t begin = log.rfind('\n', at) == log.npos ? 0 : log.rfind('\n', at) + 1;
  return log.substr(begin, std::min<size_t>(log.find('\n', at) - begin, 300));
}

/// Rows of the run's results.tsv as the ledger keeps them.
Json evaluations_of(const fs::path& folder) {
  Json rows = Json::array();
  for (const auto& row : read_untrusted_table(folder / "results.tsv", kMostEvaluations)) {
    Json cells = Json::object();
    for (const auto& [name, cell] : row) {
      if (name != "experiment" && name != "commit") cells.set(name, cell.substr(0, 40));
    }
    rows.push_back(cells);
  }
  return rows;
}

/// What the program says of itself: of interest, and never the score.
void add_summary(RunReport& report, const fs::path& folder) {
  const auto text = read_untrusted(folder / "summary.json", 1 << 16);
  if (!text) return;
  try {
    const Json summary = Json::parse(*text, "summary.json");
    const auto number = [&](const char* key) -> std::optional<double> {
      return untrusted_number(summary.get(key, ""));
    };
    constexpr double kMost = 1e15;  // a count beyond is nonsense, and would not fit
    if (const auto n = number("steps"); n && std::abs(*n) < kMost) report.steps = *n;
    if (const auto n = number("tokens"); n && std::abs(*n) < kMost) report.tokens = *n;
    report.training_s = number("training_seconds");
  } catch (const Error&) {
    // not even JSON: then it told nothing
  }
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
      manifest_(LabManifest::read(lab)),
      scorer_(options_.evaluator, manifest_.model, lab.config().research.max_bits,
              options_.sandbox) {
  check(streamed_text().empty() || fs::exists(streamed_text()),
        "this lab streams its text from {}, and train.cpp has no network in `tern research`; set "
        "data.stream = false in lab.toml and run `tern prepare`",
        manifest_.train_source);
}

/// Where a streamed lab's text lies; empty for one that was tokenised beforehand.
fs::path Workbench::streamed_text() const {
  const std::string& source = manifest_.train_source;
  return source.substr(0, source.find('!'));
}

fs::path Workbench::program_of(int64_t experiment) const {
  return lab_.experiment(experiment) / ("train-" + toolchain_mark_);
}

fs::path Workbench::run_folder(int64_t experiment, int64_t run) const {
  return lab_.experiment(experiment) / std::to_string(run) / "run";
}

bool Workbench::has_confirm_data() const { return fs::exists(lab_.confirm_set()); }

std::string Workbench::watch_stage(BenchView view, double seconds) const {
  view.seconds = seconds;
  if (options_.show) options_.show(view);
  return options_.interrupted && options_.interrupted() ? kInterrupted : "";
}

/// Compiles the recipe unless its program is there; returns why that failed, or "".
std::string Workbench::build(const RunOrder& order) {
  const fs::path folder = lab_.experiment(order.experiment), recipe = folder / "train.cpp";
  const fs::path program = program_of(order.experiment), workspace = folder / "build";
  if (fs::exists(program)) return "";
  fs::remove_all(workspace);
  fs::create_directories(workspace);
  write_file_atomically(recipe, order.source);
  Job job;
  job.command = toolchain_.command(recipe, workspace / "train");
  job.folder = workspace;
  job.log = folder / "build.log";
  job.environment = {
      {"PATH", "/usr/bin:/bin"}, {"LANG", "C.UTF-8"}, {"TMPDIR", workspace.string()}};
  job.limits = {.seconds = kLongestBuild, .memory_bytes = kBuildMemory, .folder_bytes = 2 << 30};
  job.sandbox = {.kind = options_.sandbox, .read = system_folders(), .write = {workspace}};
  const std::vector<fs::path> inputs = toolchain_.inputs();
  job.sandbox.read.insert(job.sandbox.read.end(), inputs.begin(), inputs.end());
  job.sandbox.read.push_back(recipe);
  job.watch = [&](double seconds) {
    return watch_stage({.stage = "building", .experiment = order.experiment, .run = order.run},
                       seconds);
  };
  const JobResult result = supervise(job);
  if (!result.stopped.empty()) return result.stopped;
  if (!result.limit.empty()) return "building: " + result.limit;
  if (result.exit_code != 0) return "does not compile: " + first_error(read_file(job.log));
  // The sandbox lets no linker set a file's mode.
  fs::permissions(workspace / "train", fs::perms::owner_all);
  fs::rename(workspace / "train", program);
  fs::remove_all(workspace);
  return "";
}

Described Workbench::describe(int64_t experiment, const std::string& source) {
  RunOrder order;
  order.experiment = experiment;
  order.source = source;
  if (std::string why = build(order); !why.empty()) return {{}, std::move(why)};
  const fs::path folder = lab_.experiment(experiment) / "describe";
  fs::create_directories(folder);
  Job job;
  job.command = {program_of(experiment).string(), "--describe"};
  job.folder = folder;
  job.log = lab_.experiment(experiment) / "describe.log";
  job.environment = {{"PATH", "/usr/bin:/bin"}, {"LANG", "C.UTF-8"}};
  job.limits = {.seconds = kLongestDescription, .folder_bytes = 1 << 20, .log_bytes = 1 << 20};
  job.sandbox = {.kind = options_.sandbox, .read = system_folders(), .write = {folder}};
  job.sandbox.read.push_back(program_of(experiment));
  const JobResult result = supervise(job);
  fs::remove_all(folder);
  const std::string said = read_file(job.log);
  if (!result.limit.empty()) return {{}, "asked for its knobs: " + result.limit};
  if (result.exit_code != 0) {
    return {{},
            fmt::format("does not describe its knobs: exit code {}: {}", result.exit_code,
                        last_line(said))};
  }
  try {
    return {RecipeDescription::parse_untrusted(said), ""};
  } catch (const Error& e) {
    return {{}, e.what()};
  }
}

/// Model, texts and configuration: what a run may read of the lab.
std::vector<fs::path> Workbench::data() const {
  std::vector<fs::path> paths = {lab_.root() / "lab.toml", lab_.data(), manifest_.model};
  if (!streamed_text().empty()) paths.push_back(streamed_text());
  return paths;
}

JobResult Workbench::train(const RunOrder& order, RunWatch& watch) {
  const fs::path folder = run_folder(order.experiment, order.run);
  const BudgetConfig& budget = lab_.config().budget;
  const LimitsConfig& limits = lab_.config().limits;
  // Until the baseline has shown what starting, evaluating and packing take, anything reasonable.
  const double overhead = order.overhead_s > 0 ? order.overhead_s : 120 + budget.seconds;
  Job job;
  job.command = {program_of(order.experiment).string(),
                 "--lab",
                 lab_.root().string(),
                 "--run-dir",
                 folder.string(),
                 "--results-file",
                 (folder / "results.tsv").string(),
                 "--experiment",
                 fmt::format("{:04}", order.experiment),
                 "--commit",
                 order.commit.substr(0, 7),
                 "--seed",
                 std::to_string(order.seed)};
  for (const std::string& flag : budget.flags()) job.command.push_back(flag);
  job.folder = folder;
  job.log = folder.parent_path() / "log.txt";
  job.environment = {{"PATH", "/usr/bin:/bin"},
                     {"LANG", "C.UTF-8"},
                     {"HOME", folder.string()},
                     {"TMPDIR", folder.string()},
                     {kJobMark, folder.string()}};
  job.limits = {.seconds = budget.seconds + overhead,
                .memory_bytes = limits.memory_gb > 0 ? static_cast<int64_t>(limits.memory_gb * 1e9)
                                                     : available_memory(),
                .processes = limits.processes,
                .folder_bytes = static_cast<int64_t>(limits.disk_gb * 1e9),
                .file_bytes = static_cast<int64_t>(limits.disk_gb * 1e9)};
  job.sandbox = {.kind = options_.sandbox, .read = system_folders(), .write = {folder}};
  const std::vector<fs::path> inputs = data();
  job.sandbox.read.insert(job.sandbox.read.end(), inputs.begin(), inputs.end());
  job.sandbox.read.push_back(program_of(order.experiment));
  job.watch = [&](double seconds) {
    const std::string verdict = watch.verdict();
    BenchView view{.stage = "training", .experiment = order.experiment, .run = order.run};
    add_view(view, watch, budget);
    const std::string stopped = watch_stage(view, seconds);
    return stopped.empty() ? verdict : stopped;
  };
  return supervise(job);
}

RunReport Workbench::run(const RunOrder& order) {
  RunReport report;
  require_disk(lab_.root());
  const fs::path folder = run_folder(order.experiment, order.run);
  fs::remove_all(folder.parent_path());
  fs::create_directories(folder);
  const auto ended = [&](Outcome outcome, const std::string& reason) {
    report.outcome = reason == kInterrupted ? Outcome::kInterrupted : outcome;
    report.reason = reason;
    return report;
  };
  if (const std::string why = build(order); !why.empty()) return ended(Outcome::kCrashed, why);

  Curve rival;
  if (order.rival_experiment > 0) {
    rival = read_curve(run_folder(order.rival_experiment, order.rival_run) / "steps.tsv");
  }
  RunWatch watch(folder / "steps.tsv", std::move(rival),
                 order.prune ? lab_.config().research.prune : 0);
  const JobResult result = train(order, watch);
  report.time_s = result.seconds;
  report.memory_gb = gigabytes(result.peak_memory);
  report.evaluations = evaluations_of(folder);
  add_summary(report, folder);
  if (!result.stopped.empty()) return ended(Outcome::kPruned, result.stopped);
  if (!result.limit.empty()) return ended(Outcome::kTimedOut, result.limit);
  if (result.exit_code != 0) {
    return ended(Outcome::kCrashed,
                 fmt::format("exit code {}: {}", result.exit_code,
                             last_line(read_file(folder.parent_path() / "log.txt"))));
  }
  const BenchView view{.stage = "scoring", .experiment = order.experiment, .run = order.run};
  const Score score =
      scorer_.score(folder / "model", lab_.eval_set(), folder.parent_path() / "score.log",
                    [&](double seconds) { return watch_stage(view, seconds); });
  if (!score.refusal.empty()) return ended(Outcome::kCrashed, score.refusal);
  report.val_ppl = score.ppl;
  report.val_bpb = score.bpb;
  return ended(Outcome::kScored, "");
}

std::optional<double> Workbench::confirm(int64_t experiment, int64_t run) {
  const fs::path folder = run_folder(experiment, run);
  const BenchView view{.stage = "confirming", .experiment = experiment, .run = run};
  return scorer_
      .score(folder / "model", lab_.confirm_set(), folder.parent_path() / "confirm.log",
             [&](double seconds) { return watch_stage(view, seconds); })
      .ppl;
}

std::optional<double> Workbench::reference() {
  const BenchView view{.stage = "scoring the full-precision model"};
  return scorer_
      .reference(lab_.eval_set(), lab_.root() / ".tern" / "reference.log",
                 [&](double seconds) { return watch_stage(view, seconds); })
      .ppl;
}

void Workbench::discard(int64_t experiment) {
  const fs::path folder = lab_.experiment(experiment);
  if (!fs::exists(folder)) return;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("train-") || name == "build") fs::remove_all(entry.path());
    if (fs::is_directory(entry.path() / "run")) {
      fs::remove_all(entry.path() / "run" / "model");
      for (const char* file : {"checkpoint.safetensors", "layers.safetensors"}) {
        fs::remove(entry.path() / "run" / file);
      }
    }
  }
}

void Workbench::end_leftovers(int64_t experiment, int64_t run) {
  kill_leftovers(run_folder(experiment, run).string());
}

}  // namespace tern
