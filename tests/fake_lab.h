#pragma once

#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "loop/bench/workbench.h"
#include "loop/boundary/guard.h"
#include "loop/decide/policy.h"
#include "loop/git/branch.h"
#include "loop/propose/proposer.h"
#include "loop/record/journal.h"
#include "loop/research/research.h"
#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/process.h"
#include "tern/base/temporary_folder.h"
#include "tern/contract/attendant_report.h"
#include "tern/contract/eval_answer.h"
#include "tern/contract/json_form.h"
#include "tern/contract/results_row.h"
#include "tern/contract/table.h"
#include "tern/lab_files/data_seed.h"
#include "tern/lab_files/loop_lock.h"
#include "tern/sandbox/untrusted_file.h"

namespace tern::loop {

/// A knob of the fake recipe besides seed, quality and other, which decides nothing.
struct FakeKnob {
  std::string name, standard, tries;  // tries as JSON: "1", "2"
};

/// A recipe that trains nothing. It compiles in a blink, describes its knobs, "scores" exp(2 -
/// quality + luck of the seed), and runs `act`, the body of a function, before it saves its model.
inline std::string fake_recipe(const std::string& quality, const std::string& act = "",
                               const std::vector<FakeKnob>& more = {}) {
  std::string members, words;
  for (const FakeKnob& knob : more) {
    members += fmt::format("  double {} = {};\n", knob.name, knob.standard);
    words += fmt::format("  describe(\"{0}\", \"double\", recipe.{0}, own.{0}, R\"({1})\");\n",
                         knob.name, knob.tries);
  }
  const std::string override = quality == "0" ? "" : "    quality = " + quality + ";\n";
  return R"recipe(#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#ifndef OWN_OTHER
#define OWN_OTHER 0
#endif

struct Recipe {
  int seed = 1;
  double quality = 0;
  double other = OWN_OTHER;
)recipe" +
         members +
         R"recipe(
  void overrides() {
    // overrides begin
)recipe" +
         override +
         R"recipe(    // overrides end
  }
};

const char* comma = "";

void describe(const char* name, const char* type, double value, double own, const char* tries) {
  std::printf("%s{\"name\": \"%s\", \"path\": \"%s\", \"type\": \"%s\", \"value\": \"%g\", "
              "\"standard\": \"%g\", \"tries\": [%s], \"choices\": [], \"meaning\": \"\", "
              "\"source\": \"\", \"length\": false, \"bends_curve\": false, \"acts\": true, \"ways\": []}\n",
              comma, name, name, type, value, own, tries);
  comma = ", ";
}

void describe_all(const Recipe& recipe) {
  const Recipe own;
  std::puts("{\"version\": 2, \"knobs\": [");
  describe("seed", "int", recipe.seed, own.seed, "");
  describe("quality", "double", recipe.quality, own.quality, R"("0", "0.1", "0.2", "0.3", "0.4")");
  describe("other", "double", recipe.other, own.other, R"("0", "1", "2")");
)recipe" +
         words +
         R"recipe(  std::puts("]}");
}

char run[4096], lab[4096];
unsigned seed;

void write(const char* name, const char* text) {
  char path[5000];
  std::snprintf(path, sizeof path, "%s/%s", run, name);
  if (FILE* file = std::fopen(path, "w")) {
    std::fputs(text, file);
    std::fclose(file);
  }
}

void act() {
)recipe" +
         act +
         R"recipe(
}

int main(int argc, char** argv) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (!std::strcmp(argv[i], "--run-dir")) std::strcpy(run, argv[i + 1]);
    if (!std::strcmp(argv[i], "--seed")) seed = std::atoi(argv[i + 1]);
  }
  std::strcpy(lab, run);
  if (char* inside = std::strstr(lab, "/.tern/")) *inside = 0;
  Recipe recipe;
  recipe.overrides();
  if (argc == 2 && !std::strcmp(argv[1], "--describe")) {
    describe_all(recipe);
    return 0;
  }
  act();
  char path[5000], text[100];
  std::snprintf(path, sizeof path, "%s/model", run);
  mkdir(path, 0755);
  write("model/config.json", "{\"hidden_size\": 32}");
  const double luck = 0.01 * std::sin(7.0 * seed);
  std::snprintf(text, sizeof text, "%.6f", std::exp(2 - recipe.quality + luck));
  write("model/score", text);
}
)recipe";
}

/// A lab with everything around it made up: the model, the texts, a "compiler" that is plain g++,
/// and an evaluator that believes the model's file `score`.
class FakeLab {
 public:
  explicit FakeLab(const std::string& more_toml = "") {
    namespace fs = std::filesystem;
    fs::create_directories(root() / "data");
    fs::create_directories(root() / ".tern");
    write_file_atomically(
        root() / "lab.toml",
        "version = 1\n[budget]\nseconds = 1\n[research]\noverhead_seconds = 2\n" + more_toml);
    write_file_atomically(root() / "program.md", "# Research program\n");
    write_file_atomically(root() / ".gitignore", "/data/\n/.tern/\n*.tsv\n");
    write_file_atomically(root() / "train.cpp", fake_recipe("0"));
    write_file_atomically(root() / "data" / "wikitext_eval.json", "search");
    write_file_atomically(root() / ".tern" / "confirm.json", "confirm");
    write_file_atomically(root() / ".tern" / "final.json", R"({"dataset_sha256": "final"})");
    write_data_seed(root(), 1);
    write_file_atomically(root() / "data" / "train.tokens", "tokens");
    fs::create_directories(folder_.path() / "model");
    write_file_atomically(folder_.path() / "model" / "config.json", "{\"hidden_size\": 32}");
    make_home();
    make_evaluator();
    for (const char* words : {"init -q -b main", "add -A", "commit -q -m start"}) git(words);
    reopen();
    LabManifest manifest;
    manifest.model = folder_.path() / "model";
    manifest.tokenizer_sha256 = "none";
    manifest.write(lab());
  }

  const Lab& lab() const { return *lab_; }
  std::filesystem::path root() const { return folder_.path() / "lab"; }
  std::filesystem::path home() const { return folder_.path() / "home"; }
  std::filesystem::path evaluator() const { return folder_.path() / "evaluator"; }
  /// Where recipes are built and run.
  std::filesystem::path stage() const { return root() / ".tern" / "run"; }
  /// Whether the recipe of an experiment is being built; or was when the loop was killed.
  bool is_building(int64_t experiment) const {
    const auto text = [](const std::filesystem::path& recipe) {
      return read_untrusted(recipe, 1 << 20).value_or("");
    };
    const std::string source = text(stage() / "train.cpp");
    if (source.empty() || source != text(lab().experiment(experiment) / "train.cpp")) return false;
    std::error_code gone;
    for (const auto& entry : std::filesystem::directory_iterator(stage(), gone)) {
      if (entry.path().filename().string().find(".build-") != std::string::npos) return true;
    }
    return false;
  }
  /// Reads lab.toml anew.
  void reopen() { lab_ = std::make_unique<Lab>(Lab::find(root())); }

  /// Runs git in the lab and returns what it says.
  std::string git(const std::string& words) const {
    return shell("git -C " + root().string() + " -c user.name=a -c user.email=a@b " + words);
  }
  static std::string shell(const std::string& command) {
    const CapturedRun run = capture_process({"/bin/sh", "-c", command});
    check(run.exit_code == 0, "{}: {}", command, run.output);
    return run.output;
  }

 private:
  void make_home() const {
    namespace fs = std::filesystem;
    fs::create_directories(home() / "include" / "tern");
    fs::create_directories(home() / "share" / "tern");
    write_file_atomically(home() / "share" / "tern" / "toolchain.json",
                          R"({"compile": ["g++", "-O0"], "link": []})");
  }

  void make_evaluator() const {
    EvalAnswer answer;
    answer.kind = EvalAnswer::kTernary;
    answer.bits_per_weight = 2.25;
    answer.eval_bpb = 1;
    constexpr double kPlace = 123.5;  // where the score of the model stands in what it prints
    answer.eval_ppl = kPlace;
    std::string printed = answer.to_text();
    printed.replace(printed.find("123.5"), 5, "$score");
    // eval MODEL --json --eval TOKENS, or attend ...
    write_file_atomically(evaluator(), "#!/bin/bash\nif [ $1 = attend ]; then\n" + attendant() +
                                           "exit\nfi\nread -r score < \"$2/score\"\ncat <<END\n" +
                                           printed + "\nEND\n");
    std::filesystem::permissions(evaluator(), std::filesystem::perms::owner_all);
  }

  /// Waits for the end of the run and says what attendants say. A file `refused` that the run has
  /// written says why it counts for nothing.
  static std::string attendant() {
    AttendantReport report{.tokens = 800, .training_seconds = 0.1, .evaluations = 1};
    report.summary.emplace().steps = 8;
    report.refused = "$refused";
    const std::string rows =
        table_header<ResultsRow>() + table_row(ResultsRow{.step = 8, .lambda = 1, .eval_ppl = 9});
    return "while [ $# -gt 1 ]; do case $1 in --report) report=$2;; --results-file) rows=$2;;\n"
           "--channel) channel=$2;; esac; shift; done\n"
           "read -r -u $channel\n"
           "refusal=${rows%/*}/run/refused\n"
           "[ -e $refusal ] && refused=$(cat $refusal)\n"
           "cat > $rows <<END\n" +
           rows + "END\ncat > $report <<END\n" + json_of(report).dump() + "\nEND\n";
  }

  TemporaryFolder folder_;
  std::unique_ptr<Lab> lab_;
};

/// Proposes what it was told, one after the other, and then asks the loop to stop.
class ScriptedProposer : public Proposer {
 public:
  explicit ScriptedProposer(std::deque<std::string> sources) : sources_(std::move(sources)) {}

  Proposal propose(const Situation& situation) override {
    const auto index = static_cast<size_t>(situation.number) - 2;
    check(index < sources_.size(), "nothing is left to propose");
    return {.source = sources_[index],
            .description =
                described_.empty() ? "change " + std::to_string(situation.number) : described_,
            .expectation = "better",
            .proposer = "agent",
            .family = "scripted",
            .intended = {},
            .refusal = "",
            .usage = {}};
  }
  size_t size() const { return sources_.size(); }
  /// What it says of every change.
  void describe_as(std::string text) { described_ = std::move(text); }

 private:
  std::deque<std::string> sources_;
  std::string described_;
};

/// A loop over a fake lab, put together from the real parts.
class FakeLoop {
 public:
  FakeLoop(const FakeLab& fake, Proposer& proposer, Proposer& fallback,
           const std::string& policy = "confirm", Bounds bounds = {},
           std::function<int64_t()> free_bytes = {})
      : lock_(fake.lab()),
        journal_(fake.lab()),
        branch_(fake.lab(), "test", {}),
        guard_(fake.lab(), fake.home(), fake.evaluator()),
        bench_(fake.lab(), {.home = fake.home(),
                            .evaluator = fake.evaluator(),
                            .sandbox = available_sandbox(),
                            .interrupted = [stops = bounds.stops] { return stops && stops() > 1; },
                            .show = {},
                            .free_bytes = std::move(free_bytes)}),
        policy_(make_policy(policy, fake.lab().config().research.repeats)),
        research_({.lab = fake.lab(),
                   .journal = journal_,
                   .branch = branch_,
                   .bench = bench_,
                   .guard = guard_,
                   .proposer = proposer,
                   .fallback = fallback,
                   .policy = *policy_},
                  bounds, [this](std::string_view line) { lines_.emplace_back(line); }) {}

  Research& research() { return research_; }
  const History& history() const { return journal_.history(); }
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  LoopLock lock_;
  Journal journal_;
  Branch branch_;
  Guard guard_;
  Workbench bench_;
  std::unique_ptr<Policy> policy_;
  std::vector<std::string> lines_;
  Research research_;
};

}  // namespace tern::loop
