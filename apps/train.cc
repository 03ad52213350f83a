#include <fmt/core.h>

#include <cstdio>

#include "apps/arms_table.h"
#include "apps/score_table.h"
#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/flags.h"
#include "tern/base/home.h"
#include "tern/base/process.h"
#include "tern/lab_files/lab.h"
#include "tern/recipe/toolchain.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

/// What `tern train` itself is told; the rest goes to the recipe.
struct TrainOptions {
  bool resume = false;
  bool score = true;
  bool baselines = true;
  int64_t score_tokens = 0;
  bool list_arms = false;
  bool json = false;
  std::string recipe;
  std::vector<std::string> recipe_flags;
};

/// The newest of the lab's runs, which are numbered folders, that holds `file`.
fs::path newest_run(const Lab& lab, const char* file = "") {
  fs::path newest;
  if (fs::exists(lab.runs())) {
    for (const fs::directory_entry& run : fs::directory_iterator(lab.runs())) {
      const bool numbered =
          run.path().filename().string().find_first_not_of("0123456789") == std::string::npos;
      if (numbered && run.path() > newest && fs::exists(run.path() / file)) newest = run.path();
    }
  }
  return newest;
}

fs::path new_run(const Lab& lab) {
  fs::create_directories(lab.runs());
  const fs::path last = newest_run(lab);
  int number = last.empty() ? 0 : std::stoi(last.filename().string());
  fs::path folder;
  do {
    folder = lab.runs() / fmt::format("{:04}", ++number);
  } while (!fs::create_directory(folder));
  return folder;
}

/// The commit of the lab's recipe, marked when train.cpp has changed since.
std::string recipe_commit(const Lab& lab) {
  const CapturedRun head =
      capture_process({"git", "-C", lab.root().string(), "rev-parse", "--short", "HEAD"});
  if (head.exit_code != 0) return "";
  const CapturedRun changes = capture_process(
      {"git", "-C", lab.root().string(), "status", "--porcelain", "--", "train.cpp"});
  return head.output.substr(0, head.output.find('\n')) + (changes.output.empty() ? "" : "-dirty");
}

/// Starts a run's folder with what it takes to go on later: the recipe and its flags.
fs::path start_run(const Lab& lab, const TrainOptions& options) {
  const fs::path folder = new_run(lab);
  Json flags = Json::array();
  for (const std::string& flag : options.recipe_flags) flags.push_back(flag);
  write_file_atomically(folder / "flags.json", flags.dump() + "\n");
  write_file_atomically(folder / "train.cpp", read_file(lab.recipe()));
  return folder;
}

/// The folder of the newest run with a checkpoint (one that failed or a wrong flag may have left
/// newer ones without); the flags it had come before those given now.
fs::path resume_run(const Lab& lab, TrainOptions& options) {
  const fs::path folder = newest_run(lab, "checkpoint.safetensors");
  check(!folder.empty(),
        "no stopped run to resume in {}; a run that was stopped by a signal can be resumed",
        lab.runs().string());
  check(read_file(folder / "train.cpp") == read_file(lab.recipe()),
        "{} has changed since run {} started; bring back {}, or start anew without --resume",
        lab.recipe().string(), folder.filename().string(), (folder / "train.cpp").string());
  const Json old_flags = Json::read(folder / "flags.json");
  std::vector<std::string> flags;
  for (const Json& flag : old_flags.items()) flags.push_back(flag.as_string());
  flags.insert(flags.end(), options.recipe_flags.begin(), options.recipe_flags.end());
  options.recipe_flags = flags;
  return folder;
}

/// A run that was refused before it began leaves no folder, so that numbers count real runs.
void remove_if_nothing_ran(const fs::path& folder) {
  const auto files = std::distance(fs::directory_iterator(folder), fs::directory_iterator());
  if (files == 2) fs::remove_all(folder);  // flags.json and train.cpp of start_run()
}

/// True when the user says how long to train, so that lab.toml does not.
bool sets_budget(const std::vector<std::string>& flags) {
  return std::any_of(flags.begin(), flags.end(), [](const std::string& flag) {
    const std::string name = flag.substr(0, flag.find('='));
    return name == "--steps" || name == "--tokens" || name == "--time-budget";
  });
}

std::vector<std::string> recipe_command(const Lab& lab, const fs::path& program,
                                        const fs::path& folder, const TrainOptions& options) {
  // In results.tsv a bare number is an experiment of `tern research`.
  const std::string name = "train-" + folder.filename().string();
  std::vector<std::string> command = {
      program.string(), "--lab", lab.root().string(), "--run-dir",       folder.string(),
      "--experiment",   name,    "--commit",          recipe_commit(lab)};
  if (options.resume) command.push_back("--resume");
  // The first of the three that is not 0 counts, so what the recipe itself says must not go before
  // what the user or lab.toml says.
  const std::vector<std::string> budget =
      sets_budget(options.recipe_flags) ? std::vector<std::string>{"--steps", "0", "--tokens", "0"}
                                        : lab.config().budget.flags();
  command.insert(command.end(), budget.begin(), budget.end());
  command.insert(command.end(), options.recipe_flags.begin(), options.recipe_flags.end());
  return command;
}

/// The model as the recipe's quantizer leaves it without any training.
fs::path untrained_model(const Lab& lab, const fs::path& program, const TrainOptions& options) {
  TrainOptions none = options;
  none.resume = false;
  none.recipe_flags.insert(none.recipe_flags.end(),
                           {"--steps", "0", "--tokens", "0", "--time-budget", "0", "--eval-tokens",
                            "1", "--lambda-schedule", "none"});
  const fs::path folder = lab.cache() / "untrained";
  std::vector<std::string> command = recipe_command(lab, program, folder, none);
  command.push_back("--no-results");
  const CapturedRun run = capture_process(command);
  check(run.exit_code == 0, "the untrained ternary model could not be made:\n{}", run.output);
  return folder / "model";
}

void score_and_print(const Lab& lab, const fs::path& program, const fs::path& folder,
                     const TrainOptions& options) {
  std::vector<std::string> flags;
  if (options.score_tokens > 0) flags = {"--max-tokens", std::to_string(options.score_tokens)};
  const fs::path set = lab.eval_set();
  std::vector<ScoredModel> rows;
  fmt::print("scoring in a process of its own ...\n");
  std::fflush(stdout);
  if (options.baselines) {
    const fs::path base = LabManifest::read(lab).model;
    rows.push_back({"full precision", score_of_record(lab, base, set, flags)});
    const fs::path untrained = untrained_model(lab, program, options);
    rows.push_back({"ternary, without training", score_of_record(lab, untrained, set, flags)});
  }
  rows.push_back({"ternary, after training", score_of_record(lab, folder / "model", set, flags)});
  const Json summary = Json::read(folder / "summary.json");
  fmt::print("\n{}trained at {} tokens/s; the packed model is {}\n", score_table(rows),
             summary.at("tokens_per_s").as_string(), (folder / "model").string());
}

int list_arms(const Lab& lab, bool as_json) {
  const std::vector<RecipeField> fields = recipe_fields(read_file(lab.recipe()));
  const std::vector<PublishedRecipe> recipes = published_recipes(recipes_folder());
  fmt::print("{}", as_json ? arms_json(fields, arms(), recipes).dump_pretty() + "\n"
                           : arms_table(fields, arms(), recipes));
  return kSuccess;
}

int train(const std::vector<std::string>& arguments) {
  TrainOptions options;
  Flags flags("tern train",
              "Builds the lab's train.cpp, runs it once, and scores the packed ternary model in a "
              "process of its own.");
  flags.add("resume", options.resume, "go on with the newest run, which was stopped");
  flags.add("score", options.score, "score the result with `tern eval` at the end");
  flags.add("baselines", options.baselines,
            "compare with full precision and with ternary without training");
  flags.add("score_tokens", options.score_tokens, "score on so many tokens only; 0: all");
  flags.add("recipe", options.recipe, "a published recipe's values; your own flags go before them");
  flags.add("list_arms", options.list_arms,
            "print every field of the recipe, values to try and their sources");
  flags.add("json", options.json, "print the list as JSON");
  flags.pass_through(options.recipe_flags);
  const bool run = flags.parse(arguments);
  if (!run) fmt::print("{}\nThe fields of the lab's recipe are flags too:\n\n", flags.help());
  std::fflush(stdout);

  const Lab lab = Lab::find(".");
  if (options.list_arms) return list_arms(lab, options.json);
  check(!options.json, "--json goes with --list-arms; a run leaves its figures in summary.json");
  check(options.recipe.empty() || !options.resume,
        "--resume goes on with the flags that the run had; leave out --recipe");
  if (!options.recipe.empty()) {
    const std::vector<std::string> values =
        PublishedRecipe::find(recipes_folder(), options.recipe).flags();
    options.recipe_flags.insert(options.recipe_flags.begin(), values.begin(), values.end());
  }
  const Toolchain toolchain = Toolchain::read(tern_home());
  bool built = false;
  const fs::path program = build_recipe(toolchain, lab.recipe(), lab.cache(), &built);
  if (!run) return run_process({program.string(), "--help"});

  const fs::path folder = options.resume ? resume_run(lab, options) : start_run(lab, options);
  const int code = run_process(recipe_command(lab, program, folder, options));
  if (code == kFailure) remove_if_nothing_ran(folder);
  if (code != kSuccess) return code;
  if (options.score) score_and_print(lab, program, folder, options);
  return kSuccess;
}

const RegisterCommand registration({"train", "build train.cpp and run it once", train});

}  // namespace
}  // namespace tern
