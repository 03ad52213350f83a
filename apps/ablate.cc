#include <fmt/core.h>

#include <set>

#include "apps/ablation.h"
#include "apps/answers.h"
#include "apps/published_recipe.h"
#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/flags.h"
#include "tern/base/home.h"
#include "tern/base/process.h"
#include "tern/base/remove_tree.h"
#include "tern/base/sha256.h"
#include "tern/base/status_line.h"
#include "tern/base/temporary_folder.h"
#include "tern/base/timer.h"
#include "tern/contract/json_form.h"
#include "tern/contract/layer_row.h"
#include "tern/contract/table.h"
#include "tern/lab_files/fingerprint.h"
#include "tern/lab_files/lab.h"
#include "tern/recipe/overrides.h"
#include "tern/runner/attended.h"
#include "tern/runner/run_folder.h"
#include "tern/runner/sandbox_choice.h"
#include "tern/sandbox/untrusted_file.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

constexpr const char* kStoppedByUser =
    "stopped; what is done is kept: the same `tern ablate` again goes on";

struct AblateOptions {
  std::string arms;
  std::string only;
  std::string out;
  int64_t tokens = 131072;
  int64_t seeds = 3;
  int threads = 0;
  bool recipes = true;
  bool json = false;
  bool sandbox = true;

  void add_to(Flags& flags) {
    flags.add("arms", arms, "a TOML file of the arms to compare; Tern's own list if empty");
    flags.add("only", only, "compare only arms whose section or name holds this");
    flags.add("tokens", tokens, "tokens that each run trains on");
    flags.add("seeds", seeds, "runs of the baseline and of each arm");
    flags.add("threads", threads, "threads of a run; 0: all cores");
    flags.add("recipes", recipes, "compare the published recipes");
    flags.add("out", out, "write the tables into this Markdown file as well");
    flags.add_json(json);
    flags.add("sandbox", sandbox, kNoSandboxHelp);
  }
  void check() const {
    require_positive(
        {{"tokens", static_cast<double>(tokens)}, {"seeds", static_cast<double>(seeds)}});
    require_not_negative({{"threads", threads}});
  }
};

/// Mean of the flip rates in the rows of a layers.tsv's last step.
double last_flip_rate(const fs::path& layers) {
  const auto rows = read_untrusted_rows<LayerRow>(layers, 1'000'000);
  double sum = 0;
  int64_t count = 0;
  for (const LayerRow& row : rows) {
    if (row.step == rows.back().step && row.flip_rate) sum += *row.flip_rate, ++count;
  }
  return count > 0 ? sum / static_cast<double>(count) : 0;
}

/// The finished caches of a lab's teacher, in the order of their names.
std::set<fs::path> teacher_caches(const Lab& lab) {
  std::set<fs::path> caches;
  if (!fs::exists(lab.teacher())) return caches;
  for (const fs::directory_entry& entry : fs::directory_iterator(lab.teacher())) {
    if (entry.path().extension() == ".teacher") caches.insert(entry.path());
  }
  return caches;
}

/// What tells model, texts and teacher's caches of a lab apart from others.
std::string inputs_of(const Lab& lab) {
  std::string all = fingerprint_of_model(LabManifest::read(lab).model);
  for (const fs::path& set : {lab.eval_set(), lab.confirm_set()}) all += sha256_of_file(set);
  if (fs::exists(lab.train_tokens())) all += fingerprint_of_file(lab.train_tokens());
  for (const fs::path& cache : teacher_caches(lab)) all += fingerprint_of_file(cache);
  return all;
}

/// Trains and scores runs of one lab's recipe; what was done before is not done again.
class Ablation {
 public:
  Ablation(const Lab& lab, const RecipeValues& baseline, const AblateOptions& options,
           const Attended& attended)
      : lab_(lab),
        options_(options),
        attended_(attended),
        scorer_(attended.scorer(lab, /*max_tokens=*/0)),
        folder_(made(lab.root() / ".tern" / "ablation")),
        lock_(folder_),
        program_(build(baseline)),
        inputs_(inputs_of(lab)) {}

  double reference() const {
    const TemporaryFolder logs;
    const ScoreOfRecord score = scorer_.reference(lab_.eval_set(), logs / "log", Attended::watch());
    check(score.answer.has_value(), "the full-precision model has no score: {}", score.refusal);
    return score.answer->eval_ppl;
  }

  AblationRun run(const std::vector<std::string>& flags, int64_t seed) {
    const fs::path kept = folder_ / (key(flags, seed) + ".json");
    if (fs::exists(kept)) return from_json<AblationRun>(Json::read(kept));
    const AblationRun result = train_and_score(flags, seed);
    // A failure may be one of memory or of the disk, so it is tried again.
    if (result.refused.empty()) write_file_atomically(kept, json_of(result).dump_pretty() + "\n");
    return result;
  }

 private:
  static fs::path made(const fs::path& folder) {
    fs::create_directories(folder);
    return folder;
  }

  /// The lab's recipe with the baseline as its overrides: what an arm leaves without effect, such
  /// as the threshold of another quantizer, is then no setting of its own, which would be refused.
  fs::path build(const RecipeValues& baseline) const {
    const fs::path recipe = folder_ / "train.cpp";
    const RecipeDescription described =
        attended_.describe(attended_.build(lab_.recipe(), lab_.cache()));
    std::string source = read_file(lab_.recipe());
    for (const auto& [name, value] : baseline) {
      const KnobDescription* knob = described.find(name);
      check(knob != nullptr, "the baseline sets {}, which is no knob of {}", name,
            lab_.recipe().string());
      source = set_override(std::move(source), *knob, value);
    }
    write_file_atomically(recipe, source);
    return attended_.build(recipe, lab_.cache());
  }

  /// A hash of all that the result depends on.
  std::string key(const std::vector<std::string>& flags, int64_t seed) const {
    std::string all = fmt::format("{} {} {} {} {}", program_.filename().string(), seed,
                                  options_.tokens, options_.threads, inputs_);
    for (const std::string& flag : flags) all += " " + flag;
    return sha256_of(all).substr(0, 16);
  }

  AblationRun train_and_score(const std::vector<std::string>& flags, int64_t seed) const {
    AblationRun result;
    const fs::path folder = folder_ / "run";
    remove_tree(folder);
    fs::create_directories(folder);
    result.refused = train(folder, flags, seed);
    if (!result.refused.empty()) return result;
    const ScoreOfRecord search = score(folder, lab_.eval_set()),
                        confirm = score(folder, lab_.confirm_set());
    for (const ScoreOfRecord& score : {search, confirm}) {
      if (!score.answer) result.refused = score.refusal;
    }
    if (!result.refused.empty()) return result;
    result.search_ppl = search.answer->eval_ppl;
    result.confirm_ppl = confirm.answer->eval_ppl;
    result.zero_share = search.answer->q_zero.value_or(0);
    result.flip_rate = last_flip_rate(folder / "layers.tsv");
    result.tokens_per_s = read_run_summary(folder).tokens_per_s.value_or(0);
    return result;
  }

  /// Why a run failed; empty when it went to its end.
  std::string train(const fs::path& folder, const std::vector<std::string>& flags,
                    int64_t seed) const {
    const TemporaryFolder logs;
    Job job = attended_.job(lab_, program_, folder);
    job.log = logs / "log";
    const std::vector<std::string> first = {"--threads", std::to_string(options_.threads)};
    const std::vector<std::string> last = {"--seed",   std::to_string(seed),
                                           "--tokens", std::to_string(options_.tokens),
                                           "--steps",  "0"};
    for (const auto& words : {first, flags, last}) {
      job.command.insert(job.command.end(), words.begin(), words.end());
    }
    const JobResult run = attended_.run(job, attended_.attendant(lab_, logs / "attendant")).result;
    check(!Attended::stop_asked(), kStoppedByUser);
    if (!run.limit.empty()) return run.limit;
    return run.exit_code == kSuccess ? "" : last_line(read_file(job.log));
  }

  ScoreOfRecord score(const fs::path& folder, const fs::path& tokens) const {
    const TemporaryFolder logs;
    const ScoreOfRecord score =
        scorer_.score(folder / "model", tokens, logs / "log", Attended::watch());
    check(!Attended::stop_asked(), kStoppedByUser);
    return score;
  }

  const Lab& lab_;
  const AblateOptions& options_;
  const Attended& attended_;
  Scorer scorer_;
  fs::path folder_;
  RunLock lock_;  // no two ablations of a lab train in one folder
  fs::path program_;
  std::string inputs_;
};

/// All arms with all seeds: seed by seed, so that drift of the machine's speed meets every arm.
/// The first arm is the baseline; when it does not run, the others would be compared with nothing.
std::vector<AblationRow> run_all(Ablation& ablation, const AblationPlan& plan, int64_t seeds) {
  std::vector<std::vector<AblationRun>> runs(plan.arms.size());
  StatusLine status;
  Timer timer;
  int64_t done = 0;
  const int64_t total = seeds * std::ssize(plan.arms);
  for (int64_t seed = 1; seed <= seeds; ++seed) {
    for (size_t i = 0; i < plan.arms.size(); ++i) {
      const double left = done > 0 ? timer.seconds() / static_cast<double>(done) *
                                         static_cast<double>(total - done) / 60
                                   : 0;
      status.show(fmt::format("run {} of {}: {}, seed {}; about {:.0f} min left", done + 1, total,
                              plan.arms[i].name, seed, left));
      runs[i].push_back(ablation.run(plan.arms[i].flags, seed));
      const std::string& refused = runs.front().back().refused;
      check(refused.empty(), "the baseline does not run: {}", refused);
      ++done;
    }
  }
  std::vector<AblationRow> rows;
  for (size_t i = 0; i < plan.arms.size(); ++i) {
    rows.push_back(compare(plan.arms[i], runs[i], runs.front()));
  }
  return rows;
}

AblationAnswer answer_of(const AblationRow& row, double reference) {
  AblationAnswer answer = {.section = row.arm.section, .arm = row.arm.name};
  if (!row.refused.empty()) {
    answer.refused = row.refused;
    return answer;
  }
  answer.search_ppl = row.search_ppl.mean;
  answer.search_change = row.search_change.mean;
  answer.search_change_deviation = row.search_change.deviation;
  answer.confirm_ppl = row.confirm_ppl.mean;
  answer.confirm_change = row.confirm_change.mean;
  answer.confirm_change_deviation = row.confirm_change.deviation;
  answer.ratio = row.search_ppl.mean / reference;
  answer.zero_share = row.zero_share.mean;
  answer.flip_rate = row.flip_rate.mean;
  answer.tokens_per_s = row.tokens_per_s.mean;
  return answer;
}

std::vector<AblationAnswer> answers_of(const std::vector<AblationRow>& rows, double reference) {
  std::vector<AblationAnswer> answers;
  for (const AblationRow& row : rows) answers.push_back(answer_of(row, reference));
  return answers;
}

/// The baseline and behind it the arms that the options ask for.
AblationPlan plan_of(const AblateOptions& options) {
  AblationPlan plan = AblationPlan::read(options.arms.empty() ? tern_home() / "share" / "tern" /
                                                                    "lab" / "ablations.toml"
                                                              : fs::path(options.arms));
  if (options.recipes) {
    for (const PublishedRecipe& recipe : published_recipes(recipes_folder())) {
      plan.arms.push_back({"Published recipes", recipe.name, recipe.flags()});
    }
  }
  std::erase_if(plan.arms, [&](const AblationArm& arm) {
    return (arm.section + " " + arm.name).find(options.only) == std::string::npos;
  });
  check(!plan.arms.empty(),
        "--only: no arm has \"{}\" in its section or name; docs/ablations.md lists them",
        options.only);
  plan.arms.insert(plan.arms.begin(), {"", "baseline", {}});
  return plan;
}

void compare_arms(const AblateOptions& options) {
  const Lab lab = Lab::find(".");
  check(fs::exists(lab.confirm_set()) || !fs::exists(lab.manifest()),
        "{} is not there: this lab has no confirm text, on which every arm is scored, too; give it "
        "one with `tern prepare --confirm FILE`",
        lab.confirm_set().string());
  const AblationPlan plan = plan_of(options);
  const Attended attended(options.sandbox,
                          [](std::string_view line) { fmt::print(stderr, "tern: {}\n", line); });
  Ablation ablation(lab, plan.baseline, options, attended);
  const double reference = ablation.reference();
  const std::vector<AblationRow> rows = run_all(ablation, plan, options.seeds);
  const std::string table = ablation_table(rows.front(), {rows.begin() + 1, rows.end()}, reference);
  fmt::print("{}",
             options.json ? json_of(answers_of(rows, reference)).dump_pretty() + "\n" : table);
  if (!options.out.empty()) write_file_atomically(options.out, table);
}

int ablate(const AblateOptions& options) {
  try {
    compare_arms(options);
  } catch (const Error&) {
    if (!Attended::stop_asked()) throw;
    fmt::print(stderr, "tern: {}\n", kStoppedByUser);
    return kStopped;
  }
  return kSuccess;
}

const RegisterCommand ablate_command(
    {.name = "ablate",
     .summary = "measure each arm of the recipe alone",
     .group = CommandGroup::kTraining,
     .place = 4,
     .description =
         "Trains the lab's recipe once for each arm of a list, alone against the same "
         "baseline on the same tokens\nand seeds, and prints what each one changes. Runs "
         "that are done are kept, so a stopped ablation goes on\nwhere it was.",
     .options = runs(ablate)});

}  // namespace
}  // namespace tern
