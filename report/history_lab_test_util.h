#pragma once

#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "loop/record/history.h"
#include "loop/record/ledger.h"
#include "tern/base/temporary_folder.h"
#include "tern/lab_files/lab.h"

namespace tern {

/// A lab with a made-up history: a ledger, and run folders as training programs write them. Nothing
/// is synced, so that hundreds of experiments take a moment.
class HistoryLab {
 public:
  /// `root`: a folder of the caller's; empty: one of its own.
  explicit HistoryLab(const std::filesystem::path& root = {})
      : root_(root.empty() ? folder_.path() : root) {
    std::filesystem::create_directories(root_);
    std::ofstream(root_ / "lab.toml") << "version = 1\n";
    lab_ = Lab::find(root_);
    std::filesystem::create_directories(lab_.ledger().parent_path());
    ledger_.open(lab_.ledger());
  }

  const Lab& lab() const { return lab_; }
  loop::History history() const { return loop::History(loop::read_ledger(lab().ledger())); }

  /// What becomes of an experiment.
  struct Plan {
    std::string status = "discard";
    std::string description = "lr: 3e-4 -> 1e-3";
    std::vector<double> ppls = {};  // of its runs; none: it crashes, or never runs when rejected
    int64_t base = 1;
    std::string recipe = "float lr = 1e-3f;\n";  // empty: its train.cpp is gone
    std::vector<std::pair<std::string, std::string>> knobs = {{"lr", "1e-3"}};
  };

  /// Adds an experiment with its runs and its end; returns its number.
  int64_t add(const Plan& plan) {
    const int64_t number = begin(plan);
    for (const double ppl : plan.ppls) add_run(number, ppl);
    if (plan.ppls.empty() && plan.status != "rejected") add_run(number, 0);
    event({{"event", "ended"},
           {"experiment", number},
           {"status", plan.status},
           {"reason", plan.status == "keep" ? "better by more than 3 sigma" : "not better"},
           {"gain", plan.ppls.empty() ? Json() : Json(std::log(first_ppl_ / plan.ppls[0]))}});
    return number;
  }

  /// Adds an experiment that has not ended.
  int64_t begin(const Plan& plan) {
    const int64_t number = ++experiments_;
    Json knobs = Json::object();
    for (const auto& [name, value] : plan.knobs) knobs.set(name, value);
    event({{"event", "planned"},
           {"experiment", number},
           {"proposer", number == 1 ? "baseline" : "builtin"},
           {"family", number == 1 ? "" : "priority"},
           {"description", plan.description},
           {"expectation", number == 1 ? "" : "a lower perplexity"},
           {"commit", fmt::format("{:040x}", number * 7919)},
           {"base", number == 1 ? 0 : plan.base},
           {"program", std::to_string(number)},
           {"code_lines", 300},
           {"knobs", knobs}});
    if (!plan.recipe.empty()) write(number, "train.cpp", plan.recipe);
    runs_ = 0;
    return number;
  }

  /// Adds a run of the latest experiment; a perplexity of 0 is a crash.
  void add_run(int64_t number, double ppl) {
    const int64_t run = ++runs_;
    event({{"event", "run"},
           {"experiment", number},
           {"run", run},
           {"comparison", number},
           {"seed", run}});
    if (first_ppl_ == 0) first_ppl_ = ppl;
    Json ran = Json::Object{{"event", "ran"},
                            {"experiment", number},
                            {"run", run},
                            {"outcome", ppl > 0 ? "scored" : "crash"},
                            {"reason", ppl > 0 ? "" : "it ended with exit code 1"},
                            {"time_s", 31.5},
                            {"memory_gb", 1.25}};
    if (ppl > 0) {
      ran.set("val_ppl", ppl);
      ran.set("val_bpb", std::log2(ppl) / 4);
      ran.set("training_s", 22.0);
    }
    event(ran.members());
  }

  /// Writes a file into the folder of an experiment.
  void write(int64_t number, const std::string& name, std::string_view text) const {
    const std::filesystem::path file = lab().experiment(number) / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }

 private:
  void event(const Json::Object& object) { ledger_ << Json(object).dump() << std::endl; }

  TemporaryFolder folder_;
  std::filesystem::path root_;
  Lab lab_;
  std::ofstream ledger_;
  int64_t experiments_ = 0;
  int64_t runs_ = 0;
  double first_ppl_ = 0;
};

}  // namespace tern
