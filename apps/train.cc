#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <optional>

#include "apps/knob_table.h"
#include "apps/recipe_flags.h"
#include "apps/run_rows.h"
#include "apps/score_table.h"
#include "apps/train_run.h"
#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/flags.h"
#include "tern/base/process.h"
#include "tern/base/remove_tree.h"
#include "tern/base/status_line.h"
#include "tern/base/temporary_folder.h"
#include "tern/base/terminal.h"
#include "tern/contract/json_form.h"
#include "tern/contract/recipe_environment.h"
#include "tern/lab_files/loop_lock.h"
#include "tern/runner/attended.h"
#include "tern/runner/run_folder.h"
#include "tern/runner/sandbox_choice.h"
#include "tern/runner/terminal_text.h"
#include "tern/sandbox/untrusted_file.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

/// What `tern train` itself is told; the rest goes to the recipe.
struct TrainOptions {
  bool resume = false;
  bool force = false;
  bool score = true;
  bool baselines = true;
  bool sandbox = true;
  int64_t score_tokens = 0;
  bool list_arms = false;
  bool json = false;
  std::string recipe;
  std::vector<std::string> recipe_flags;

  void add_to(Flags& flags) {
    flags.add("resume", resume, "go on with the newest run, which was stopped");
    flags.add("force", force, "with --resume, go on with other flags than the run began with");
    flags.add("score", score, "score the result with `tern eval` at the end");
    flags.add("baselines", baselines,
              "compare with full precision and with ternary without training");
    flags.add("score_tokens", score_tokens, "score on so many tokens only; 0: all");
    flags.add("recipe", recipe,
              "train with a published recipe's values; your own flags override them");
    flags.add("list_arms", list_arms,
              "print every knob of the recipe, values to try and their sources");
    flags.add_json(json);
    flags.add("sandbox", sandbox, kNoSandboxHelp);
    flags.pass_through(recipe_flags);
  }
  void check() const {
    tern::check(list_arms || !json,
                "--json goes with --list-arms; a run leaves its figures in summary.json");
    tern::check(recipe.empty() || !resume,
                "--resume goes on with the flags that the run had; leave out --recipe");
    tern::check(!force || resume, "--force goes with --resume");
    require_not_negative({{"score_tokens", static_cast<double>(score_tokens)}});
    if (!recipe.empty()) PublishedRecipe::find(recipes_folder(), recipe);
    refuse_harness_flags(recipe_flags);
  }
  /// The recipe's own help, where there is one.
  void more_help() const;

  /// A published recipe's flags and behind them those that were given.
  std::vector<std::string> all_recipe_flags() const {
    std::vector<std::string> all;
    if (!recipe.empty()) all = PublishedRecipe::find(recipes_folder(), recipe).flags();
    all.insert(all.end(), recipe_flags.begin(), recipe_flags.end());
    return all;
  }
};

void warn(std::string_view line) { fmt::print(stderr, "tern: {}\n", line); }

/// The commit of the lab's recipe, marked when train.cpp has changed since.
std::string recipe_commit(const Lab& lab) {
  const CapturedRun head =
      capture_process({"git", "-C", lab.root().string(), "rev-parse", "--short", "HEAD"});
  if (head.exit_code != 0) return "";
  const CapturedRun changes = capture_process(
      {"git", "-C", lab.root().string(), "status", "--porcelain", "--", "train.cpp"});
  return head.output.substr(0, head.output.find('\n')) + (changes.output.empty() ? "" : "-dirty");
}

/// Shows on standard output what a program prints, as far as it is harmless.
std::function<void(std::string_view)> onto_the_terminal() {
  return [text = TerminalText()](std::string_view piece) mutable {
    const std::string shown = text.pass(piece);
    std::fwrite(shown.data(), 1, shown.size(), stdout);
    std::fflush(stdout);
  };
}

void print_recipe_help(const Attended& attended, const fs::path& program) {
  const TemporaryFolder folder;
  Job job = attended.help_job(program, folder.path());
  job.log = folder / "log";
  job.show = onto_the_terminal();
  const JobResult result = attended.run(job);
  check(result.limit.empty(), "the recipe's own help: {}", result.limit);
  check(result.exit_code == kSuccess, "the recipe's own help: exit code {}", result.exit_code);
}

void TrainOptions::more_help() const {
  const std::optional<Lab> lab = Lab::look_for(".");
  if (!lab) {
    fmt::print(
        "\nThe knobs of a lab's recipe are flags too: in a lab, `tern train --help` lists them.\n");
    return;
  }
  fmt::print("\nThe knobs of the lab's recipe are flags too:\n\n");
  std::fflush(stdout);
  const Attended attended(sandbox, warn);
  print_recipe_help(attended, attended.build(lab->recipe(), lab->cache()));
}

/// Trains, scores and compares one run.
class Training {
 public:
  Training(const Lab& lab, const TrainOptions& options, const Attended& attended, fs::path program,
           TrainRun run)
      : lab_(lab),
        options_(options),
        attended_(attended),
        program_(std::move(program)),
        run_(std::move(run)),
        lock_(run_.folder) {
    run_.keep_flags();
  }

  ~Training() { run_.remove_if_nothing_ran(); }
  Training(const Training&) = delete;
  Training& operator=(const Training&) = delete;

  /// Whether the run has finished, so that only its score is missing.
  bool trained() const { return run_.trained; }
  std::string number() const { return run_.folder.filename().string(); }

  int train() {
    Job job = attended_.job(lab_, program_, run_.folder);
    const TemporaryFolder logs;
    job.log = logs / "log";
    job.show = onto_the_terminal();
    if (::isatty(STDOUT_FILENO) != 0) {
      job.environment.emplace_back(kDrawProgress, "1");
      job.environment.emplace_back("COLUMNS", std::to_string(terminal_width(STDOUT_FILENO)));
    }
    if (options_.resume) add_flags(job, {"--resume"});
    add_flags(job, run_.flags);
    AttendantOrder attendant = attended_.attendant(lab_, /*log=*/{});
    attendant.results_file = lab_.results();
    attendant.experiment = run_.name();
    attendant.commit = recipe_commit(lab_);
    const JobResult result = attended_.run(job, attendant).result;
    keep_rows();
    keep_description(result);
    if (!result.limit.empty()) warn("the run was ended: " + result.limit);
    if (!result.stopped.empty() && result.exit_code != kSuccess) return kStopped;
    return result.limit.empty() ? result.exit_code : static_cast<int>(kFailure);
  }

  /// The trained model first: whatever becomes of the rows to compare it with, its score is kept.
  int score() {
    fmt::print("scoring in a process of its own ...\n");
    std::fflush(stdout);
    const Scorer scorer = attended_.scorer(lab_, options_.score_tokens);
    const ScoreOfRecord trained = score_model(scorer, run_.folder / "model", "after training");
    if (!trained.answer) {
      warn(fmt::format("{} has no score: {}; `tern train --resume` scores it again",
                       (run_.folder / "model").string(), trained.refusal));
      return Attended::stop_asked() ? kStopped : kFailure;
    }
    record_score(run_.folder, trained.answer);
    add_score_row(*trained.answer);
    std::vector<ScoredModel> rows;
    if (options_.baselines) {
      rows.push_back({"full precision", comparison([&] { return score_reference(scorer); })});
      rows.push_back(
          {"ternary, without training", comparison([&] { return score_untrained(scorer); })});
    }
    rows.push_back({"ternary, after training", trained});
    const std::optional<double> rate = read_run_summary(run_.folder).tokens_per_s;
    fmt::print("\n{}trained at {} tokens/s; the packed model is {}\n", score_table(rows),
               rate ? fmt::format("{:.1f}", *rate) : "-", (run_.folder / "model").string());
    return kSuccess;
  }

 private:
  void add_flags(Job& job, const std::vector<std::string>& flags) const {
    job.command.insert(job.command.end(), flags.begin(), flags.end());
  }

  /// The knobs with the values that the run had, as far as the recipe tells them: a run is not
  /// without a score because they are not kept.
  void keep_description(const JobResult& result) const try {
    if (result.exit_code != kSuccess && result.exit_code != kStopped) return;
    const RecipeDescription recipe = attended_.describe(program_, run_.flags);
    replace_untrusted(run_.folder / "description.json", recipe.to_text());
  } catch (const Error& e) {
    warn(fmt::format("description.json of the run is missing: {}", e.what()));
  }

  /// The run's rows of the lab's table beside its other tables.
  void keep_rows() const try {
    keep_run_rows(lab_.results(), run_.name(), run_.folder);
  } catch (const Error& e) {
    warn(e.what());
  }

  /// The rows are for people; a run does not end because they cannot be written.
  void add_score_row(const EvalAnswer& score) try {
    add_run_score(lab_.results(), run_.name(), score);
  } catch (const Error& e) {
    warn(e.what());
  }

  static Scorer::Watch shown(const std::string& what) {
    return Attended::watch([what, status = std::make_shared<StatusLine>()](double seconds) {
      if (status->due()) status->show(fmt::format("scoring {}: {:.0f} s", what, seconds));
    });
  }

  ScoreOfRecord score_model(const Scorer& scorer, const fs::path& model,
                            const std::string& what) const {
    const TemporaryFolder logs;
    return scorer.score(model, lab_.eval_set(), logs / "log", shown("the model " + what));
  }

  ScoreOfRecord score_reference(const Scorer& scorer) const {
    const TemporaryFolder logs;
    return scorer.reference(lab_.eval_set(), logs / "log", shown("the full-precision model"));
  }

  /// Scores the model as the recipe's quantizer leaves it without any training.
  ScoreOfRecord score_untrained(const Scorer& scorer) const {
    const fs::path folder = lab_.cache() / "untrained";
    fs::create_directories(folder);
    const RunLock lock(folder);
    for (const fs::directory_entry& old : fs::directory_iterator(folder)) remove_tree(old.path());
    Job job = attended_.job(lab_, program_, folder);
    const TemporaryFolder logs;
    job.log = logs / "log";
    add_flags(job, run_.flags);
    // Warm-ups of so many steps would not be over; a share of no training is.
    for (const KnobDescription& knob : attended_.describe(program_, run_.flags).knobs) {
      const bool in_steps = knob.length && number_of(knob.value).value_or(0) > 1;
      if (in_steps && knob.acts) add_flags(job, {flag_name(knob.name), "1"});
    }
    add_flags(job, {"--steps", "0", "--tokens", "0", "--time-budget", "0", "--eval-tokens", "1"});
    const JobResult made = attended_.run(job, attended_.attendant(lab_, logs / "attendant")).result;
    const std::string why = !made.stopped.empty() ? made.stopped
                            : !made.limit.empty() ? made.limit
                                                  : last_line(read_file(job.log));
    if (made.exit_code != kSuccess) return {{}, why};
    return score_model(scorer, folder / "model", "without training");
  }

  static ScoreOfRecord comparison(const std::function<ScoreOfRecord()>& make) try {
    return make();
  } catch (const std::exception& e) {
    return {{}, e.what()};
  }

  const Lab& lab_;
  const TrainOptions& options_;
  const Attended& attended_;
  fs::path program_;
  TrainRun run_;
  RunLock lock_;
};

int list_knobs(const RecipeDescription& recipe, bool as_json) {
  const std::vector<PublishedRecipe> published = published_recipes(recipes_folder());
  fmt::print("{}", as_json ? json_of(knobs_answer(recipe, published)).dump_pretty() + "\n"
                           : knob_table(recipe, published));
  return kSuccess;
}

int train(const TrainOptions& options) {
  const Lab lab = Lab::find(".");
  if (const int loop = running_loop(lab); loop != 0 && !options.list_arms) {
    warn(
        fmt::format("`tern research` (process {}) runs in this lab at the same time: each slows "
                    "the other, and a loop's runs of so many seconds come out worse for it",
                    loop));
  }
  if (!options.list_arms) LabManifest::read(lab);  // before the compiler's seconds, not after them
  const Attended attended(options.sandbox, warn);
  const fs::path program = attended.build(lab.recipe(), lab.cache());
  const std::vector<std::string> flags = options.all_recipe_flags();
  if (options.list_arms) return list_knobs(attended.describe(program, flags), options.json);

  const auto describe = [&](const std::vector<std::string>& all) {
    return attended.describe(program, all);
  };
  Training training(lab, options, attended, program,
                    options.resume ? TrainRun::resume(lab, flags, options.force, describe, warn)
                                   : TrainRun::start(lab, flags));
  check(!training.trained() || options.score,
        "run {}, the newest, has finished; leave out --no-score to score it", training.number());
  const int code = training.trained() ? kSuccess : training.train();
  return code == kSuccess && options.score ? training.score() : code;
}

const RegisterCommand train_command(
    {.name = "train",
     .summary = "build train.cpp and run it once",
     .group = CommandGroup::kTraining,
     .place = 1,
     .description = "Builds the lab's train.cpp, runs it once, and scores the packed ternary model "
                    "in a process of its own.",
     .options = runs(train)});

}  // namespace
}  // namespace tern
