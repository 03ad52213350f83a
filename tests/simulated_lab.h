#pragma once

#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "loop/decide/pairs.h"
#include "loop/decide/policy.h"
#include "loop/propose/proposer.h"
#include "loop/record/history.h"
#include "loop/record/noise.h"
#include "tern/base/error.h"
#include "tern/base/rng.h"

namespace tern::loop {

/// A lab without processes, for tests: the true ln(perplexity) of every recipe is known, and a run
/// costs nothing but its number. Proposers, policies and the history are the real ones.
class SimulatedLab {
 public:
  struct World {
    /// True ln(perplexity) of a recipe; `base` is that of the recipe it changed.
    std::function<double(const Proposal& proposal, int64_t number, double base)> level;
    double sigma = 0.01;  // of one run around it
    /// What an experiment changes on the confirm text, as a multiple of what it does on the search
    /// text; else 1.
    std::function<double(int64_t number)> on_confirm = {};
    uint64_t seed = 1;  // of all its noise
    int64_t steps = 0;  // that a run says it took; 0: nothing
    std::function<std::string(const std::string& source)> program = {};  // its identity
    std::function<int64_t(int64_t number)> code_lines = {};  // of an experiment's recipe; else 100
    /// What a recipe says of its knobs; may be empty.
    using Describe = std::function<RecipeDescription(const std::string& source)>;
    Describe describe = {};
  };

  SimulatedLab(World world, std::string source, int64_t baseline_runs = 3,
               std::filesystem::path root = {})
      : world_(std::move(world)), source_(std::move(source)) {
    if (!root.empty()) lab_ = Lab::find(root);
    levels_[0] = confirm_levels_[0] = 0;
    Proposal baseline;
    baseline.source = source_;
    baseline.proposer = "baseline";
    plan(baseline);
    for (int64_t seed = 1; seed <= baseline_runs; ++seed) run(1, 1, static_cast<uint64_t>(seed));
    end(1, Status::kBaseline, {});
  }

  /// Proposes, runs and decides once. False when the proposer refuses.
  bool experiment(Proposer& proposer, const Policy& policy) {
    const int64_t number = history_.next_number();
    const RecipeDescription recipe = description(source_);
    const Proposal proposal =
        proposer.propose({lab_, history_, source_, recipe, estimate_noise(history_).sigma, number});
    if (!proposal.refusal.empty()) return false;
    const int64_t base = history_.incumbent()->number;
    plan(proposal);
    for (;;) {
      const Step step =
          policy.next({history_.at(number), history_.at(base), estimate_noise(history_).sigma,
                       has_confirm_data, shortfall(history_), estimate_confirm_noise(history_)});
      if (step.kind == Step::Kind::kRunCandidate) {
        run(number, number, step.seed);
      } else if (step.kind == Step::Kind::kRunIncumbent) {
        run(base, number, step.seed);
      } else if (step.kind == Step::Kind::kConfirmData) {
        confirm(number, step.seed);
        confirm(base, step.seed);
      } else {
        const bool kept = step.kind == Step::Kind::kKeep;
        if (kept) source_ = proposal.source;
        end(number, kept ? Status::kKeep : Status::kDiscard, step);
        return true;
      }
    }
  }

  const History& history() const { return history_; }
  const std::string& source() const { return source_; }
  int64_t runs() const { return runs_; }
  /// True ln(perplexity) of an experiment's recipe, that of the baseline being 0 or what it is.
  double level(int64_t number) const { return levels_.at(number); }
  double incumbent_level() const { return level(history_.incumbent()->number); }
  double baseline_level() const { return level(1); }
  /// What the lab believes that the incumbent's is.
  double reported_level() const { return std::log(*history_.incumbent()->val_ppl()) - kOffset; }

  bool has_confirm_data = true;

 private:
  void apply(const char* kind, int64_t experiment, Json::Object members) {
    members.emplace_back("event", kind);
    members.emplace_back("experiment", experiment);
    history_.apply(Json(std::move(members)));
  }

  RecipeDescription description(const std::string& source) const {
    return world_.describe ? world_.describe(source) : RecipeDescription();
  }

  void plan(const Proposal& proposal) {
    const int64_t number = history_.next_number();
    const int64_t base = history_.incumbent() == nullptr ? 0 : history_.incumbent()->number;
    Json::Object knobs;
    for (const KnobDescription& knob : description(proposal.source).knobs) {
      knobs.emplace_back(knob.name, knob.value);
    }
    levels_[number] = world_.level(proposal, number, level(base));
    const double factor = world_.on_confirm ? world_.on_confirm(number) : 1;
    confirm_levels_[number] = confirm_levels_.at(base) + factor * (level(number) - level(base));
    apply("planned", number,
          {{"proposer", proposal.proposer},
           {"family", proposal.family},
           {"description", proposal.description},
           {"base", base},
           {"program", world_.program ? world_.program(proposal.source) : proposal.source},
           {"code_lines", world_.code_lines ? world_.code_lines(number) : int64_t{100}},
           {"knobs", std::move(knobs)}});
  }

  /// Noise of a run's model: a function of recipe and seed.
  double noise(int64_t number, uint64_t seed, uint64_t stream) const {
    const uint64_t recipe = mix64(world_.seed * 4 + stream) + static_cast<uint64_t>(number);
    Rng rng(mix64(recipe) + seed);
    return world_.sigma * rng.normal();
  }

  void run(int64_t number, int64_t comparison, uint64_t seed) {
    ++runs_;
    const int64_t run = static_cast<int64_t>(history_.at(number).runs.size()) + 1;
    apply("run", number, {{"run", run}, {"comparison", comparison}, {"seed", seed}});
    const double ln_ppl = kOffset + level(number) + noise(number, seed, 0);
    if (std::isfinite(ln_ppl)) {
      apply("ran", number,
            {{"run", run},
             {"outcome", "scored"},
             {"val_ppl", std::exp(ln_ppl)},
             {"steps", world_.steps > 0 ? Json(world_.steps) : Json()}});
    } else {
      apply("ran", number, {{"run", run}, {"outcome", "crash"}});
    }
  }

  /// The confirm data see the same model, so most of the noise is the same.
  void confirm(int64_t number, uint64_t seed) {
    const RunRecord* run = history_.at(number).scored(seed);
    check(run != nullptr, "the policy confirms a run that experiment {} does not have", number);
    const double ln_ppl = kOffset + confirm_levels_.at(number) + 0.8 * noise(number, seed, 0) +
                          0.6 * noise(number, seed, 1);
    apply("confirmed", number, {{"run", run->number}, {"confirm_ppl", std::exp(ln_ppl)}});
  }

  void end(int64_t number, Status status, const Step& step) {
    Json::Object members = {{"status", name_of(status)}, {"reason", step.reason}};
    if (step.gain) members.emplace_back("gain", *step.gain);
    apply("ended", number, std::move(members));
  }

  static constexpr double kOffset = 3;  // perplexity 20

  World world_;
  std::string source_;
  Lab lab_;
  History history_;
  std::map<int64_t, double> levels_, confirm_levels_;
  int64_t runs_ = 0;
};

}  // namespace tern::loop
