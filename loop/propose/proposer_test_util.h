#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "loop/boundary/program_text.h"
#include "loop/propose/described_test_util.h"
#include "loop/propose/proposer.h"
#include "loop/propose/refuse_change.h"
#include "loop/record/history.h"
#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/process.h"
#include "tern/base/temporary_folder.h"
#include "tern/lab_files/lab.h"

namespace tern::loop {

inline constexpr const char* kTestRecipe = R"(// A recipe.
struct Recipe {
  void overrides() {
    // overrides begin
    seed = 1;
    lr = 3e-4f;
    // overrides end
  }
};

int main() {
  return 0;
}
)";

/// What that recipe says of itself, or another text with its knobs.
inline RecipeDescription test_description(std::string_view source = kTestRecipe) {
  RecipeDescription recipe = made_up_description(
      {made_up_knob("seed", "uint64_t", "0"),
       made_up_knob("lr", "float", "2e-4", {"1e-4", "3e-4", "1e-3"}),
       made_up_knob("lr_decay", "double", "0.3", {"0.1", "0.3"}, {beside("lr_schedule", {"wsd"})}),
       made_up_knob("lr_schedule", "std::string", "cosine", {"cosine", "wsd"}),
       made_up_knob("group", "std::string", "64")},
      source);
  recipe.find("lr")->meaning = "learning rate at its peak";
  return recipe;
}

/// The test recipe with another value of one knob.
inline std::string test_recipe_with(const std::string& knob, const std::string& value) {
  return set_override(kTestRecipe, *test_description().find(knob), value);
}

/// For tests: a small lab, where asked for in a repository of its own, and a history with a scored
/// baseline.
class ProposerLab {
 public:
  explicit ProposerLab(bool in_repository = false) {
    write_file_atomically(root() / "lab.toml", "version = 1\n");
    write_file_atomically(root() / "program.md", "# Program\n\nLook at the learning rate first.\n");
    write_file_atomically(root() / "train.cpp", kTestRecipe);
    write_file_atomically(root() / ".gitignore", "/.tern/\n");
    std::filesystem::create_directories(root() / ".tern");
    write_file_atomically(root() / ".tern" / "ledger.jsonl", "");
    if (in_repository) {
      git({"init", "--quiet", "--initial-branch=main"});
      git({"add", "--all"});
      git({"-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "first"});
      commit = git({"rev-parse", "HEAD"}).substr(0, 40);
    }
    lab = Lab::find(root());
    history.apply(
        Json::Object{{"event", "session"}, {"tag", "x"}, {"commit", commit}, {"conditions", ""}});
    plan("baseline", kTestRecipe, "baseline");
    run(1, 20.0);
    end(1, "baseline");
  }

  std::filesystem::path root() const { return folder_.path(); }

  std::string git(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"git", "-C", root().string()});
    const CapturedRun run = capture_process(arguments);
    check(run.exit_code == 0, "git failed: {}", run.output);
    return run.output;
  }

  /// Plans the next experiment, a change of experiment 1; returns its number.
  int64_t plan(const std::string& description, const std::string& source,
               const std::string& proposer = "builtin") {
    const int64_t number = history.next_number();
    Json knobs = Json::object();
    for (const KnobDescription& knob : test_description(source).knobs) {
      knobs.set(knob.name, knob.value);
    }
    history.apply(Json::Object{{"event", "planned"},
                               {"experiment", number},
                               {"proposer", proposer},
                               {"family", "priority"},
                               {"description", description},
                               {"base", number == 1 ? 0 : 1},
                               {"commit", commit},
                               {"program", program_hash(source)},
                               {"knobs", knobs}});
    return number;
  }
  void run(int64_t experiment, double ppl, const char* outcome = "scored") {
    const auto run = static_cast<int64_t>(history.at(experiment).runs.size()) + 1;
    history.apply(Json::Object{{"event", "run"},
                               {"experiment", experiment},
                               {"run", run},
                               {"comparison", experiment},
                               {"seed", run}});
    Json ran = Json::Object{
        {"event", "ran"}, {"experiment", experiment}, {"run", run}, {"outcome", outcome}};
    if (ppl > 0) ran.set("val_ppl", ppl);
    history.apply(ran);
  }
  void confirm(int64_t experiment, double ppl) {
    history.apply(Json::Object{
        {"event", "confirmed"}, {"experiment", experiment}, {"run", 1}, {"confirm_ppl", ppl}});
  }
  void end(int64_t experiment, const char* status, double gain = 0, const char* reason = "") {
    history.apply(Json::Object{{"event", "ended"},
                               {"experiment", experiment},
                               {"status", status},
                               {"reason", reason},
                               {"gain", gain}});
  }
  /// A change of one knob that was run and dropped; returns its number.
  int64_t drop(const std::string& knob, const std::string& value, double gain) {
    const int64_t number = plan(knob + ": to " + value, test_recipe_with(knob, value));
    run(number, 20.0 - 20.0 * gain);
    end(number, "discard", gain);
    return number;
  }

  Situation situation(double sigma = 0.01) const {
    return {.lab = lab,
            .history = history,
            .source = kTestRecipe,
            .recipe = recipe,
            .sigma = sigma,
            .number = history.next_number()};
  }

 private:
  TemporaryFolder folder_;

 public:
  std::string commit;
  Lab lab;
  History history;
  RecipeDescription recipe = test_description();
};

}  // namespace tern::loop
