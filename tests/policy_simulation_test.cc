#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "tests/simulated_lab.h"

namespace tern::loop {
namespace {

constexpr int kRuns = 120;        // that every policy may spend
constexpr double kEffect = 0.01;  // standard deviation of what an idea changes, in nats

/// One new idea an experiment. What they change is normal with mean kEffect and standard deviation
/// kEffect: one in six helps.
class IdeaProposer : public Proposer {
 public:
  Proposal propose(const Situation& situation) override {
    Proposal proposal;
    proposal.source = "idea " + std::to_string(situation.number);
    return proposal;
  }
};

/// What a policy makes of its runs, over many labs.
struct Result {
  double gain = 0;     // true ln(perplexity) won, in units of kEffect
  double error = 0;    // standard error of it
  double bias = 0;     // reported less true ln(perplexity), in sigmas
  double harmful = 0;  // share of what was kept that made the recipe worse
  double experiments = 0;
};

double effect_of(uint64_t world, int64_t number) {
  Rng rng(mix64(world) + static_cast<uint64_t>(number));
  return kEffect * (1 + rng.normal());
}

/// A change moves two texts by factors that differ a little.
constexpr double kFactorSpread = 0.1;

double factor_of(uint64_t world, int64_t number) {
  Rng rng(mix64(world + 1'000'000) + static_cast<uint64_t>(number));
  return 1 + kFactorSpread * rng.normal();
}

Result simulate(const char* policy_name, double effects_per_sigma, uint64_t labs,
                bool has_confirm_data = true) {
  const std::unique_ptr<Policy> policy = make_policy(policy_name, 3);
  Result result;
  double squares = 0, kept = 0, harmful = 0;
  for (uint64_t world = 1; world <= labs; ++world) {
    const double sigma = kEffect / effects_per_sigma;
    SimulatedLab lab({.level = [=](const Proposal&, int64_t number,
                                   double base) { return base + effect_of(world, number); },
                      .sigma = sigma,
                      .on_confirm = [=](int64_t number) { return factor_of(world, number); },
                      .seed = world},
                     "baseline");
    lab.has_confirm_data = has_confirm_data;
    IdeaProposer ideas;
    while (lab.runs() < kRuns) lab.experiment(ideas, *policy);
    const double gain = (lab.baseline_level() - lab.incumbent_level()) / kEffect;
    result.gain += gain;
    squares += gain * gain;
    result.bias += lab.reported_level() - lab.incumbent_level();
    result.experiments += static_cast<double>(lab.history().experiments().size());
    for (const Experiment& e : lab.history().experiments()) {
      if (e.status != Status::kKeep) continue;
      ++kept;
      harmful += lab.level(e.number) > lab.level(e.base);
    }
  }
  const double n = static_cast<double>(labs);
  result.gain /= n;
  result.error = std::sqrt((squares / n - result.gain * result.gain) / n);
  result.bias *= effects_per_sigma / kEffect / n;
  result.harmful = harmful / std::max(kept, 1.0);
  result.experiments /= n;
  return result;
}

/// By how many standard errors the first policy ends better than the second.
double lead(const Result& a, const Result& b) {
  return (a.gain - b.gain) / std::hypot(a.error, b.error);
}

TEST(PolicySimulation, ConfirmIsNotWorseThanGreedyWhenEffectsAreAboutSigma) {
  EXPECT_GT(lead(simulate("confirm", 1, 160), simulate("greedy", 1, 160)), 0);
}

TEST(PolicySimulation, ConfirmEndsBetterThanGreedyWhenEffectsAreBelowSigma) {
  EXPECT_GT(lead(simulate("confirm", 0.5, 60), simulate("greedy", 0.5, 60)), 3);
}

TEST(PolicySimulation, RaceIsNotWorseThanGreedyWhenEffectsAreAboutSigma) {
  EXPECT_GT(lead(simulate("race", 1, 60), simulate("greedy", 1, 60)), 0);
}

TEST(PolicySimulation, GreedyIsAtLeastAsGoodWhenNoiseIsTiny) {
  EXPECT_GT(lead(simulate("greedy", 20, 60), simulate("confirm", 20, 60)), 0);
}

TEST(PolicySimulation, ConfirmReportsWhatItHasAndGreedyBoasts) {
  EXPECT_GT(simulate("confirm", 1, 60).bias, -0.8);
  EXPECT_LT(simulate("greedy", 1, 60).bias, -1.5);
}

TEST(PolicySimulation, RunsGrowWithTheExperimentsAndNotFaster) {
  IdeaProposer ideas;
  const std::unique_ptr<Policy> policy = make_policy("confirm", 3);
  SimulatedLab lab({.level = [](const Proposal&, int64_t number,
                                double base) { return base + effect_of(1, number); }},
                   "baseline");
  for (int i = 0; i < 300; ++i) lab.experiment(ideas, *policy);
  const int64_t half = lab.runs();
  for (int i = 0; i < 300; ++i) lab.experiment(ideas, *policy);
  EXPECT_LT(lab.runs(), 2.5 * static_cast<double>(half));
}

/// What a policy makes of proposals that change nothing, over many labs.
struct NullResult {
  double kept = 0;   // of 200 proposals
  double shown = 0;  // mean gain that is shown for a kept one, in sigmas
};

/// `harm`: what each makes worse, in sigmas of one run. `simpler`: each has a line of code less.
NullResult simulate_nothing(const char* policy_name, uint64_t labs, double harm = 0,
                            bool simpler = false) {
  constexpr int kProposals = 200;
  constexpr double kSigma = 0.01;
  const std::unique_ptr<Policy> policy = make_policy(policy_name, 3);
  NullResult result;
  double kept = 0;
  for (uint64_t world = 1; world <= labs; ++world) {
    SimulatedLab lab(
        {.level = [=](const Proposal&, int64_t, double base) { return base + harm * kSigma; },
         .sigma = kSigma,
         .seed = world,
         .code_lines = [=](int64_t number) { return simpler ? 1000 - number : 100; }},
        "baseline");
    IdeaProposer ideas;
    for (int i = 0; i < kProposals; ++i) lab.experiment(ideas, *policy);
    for (const Experiment& e : lab.history().experiments()) {
      if (e.status != Status::kKeep) continue;
      ++kept;
      result.shown += *e.gain / kSigma;
    }
  }
  return {.kept = kept / static_cast<double>(labs), .shown = result.shown / std::max(kept, 1.0)};
}

TEST(PolicySimulation, ConfirmKeepsAtMostTwoInAHundredChangesThatDoNothing) {
  const NullResult nothing = simulate_nothing("confirm", 30);
  EXPECT_LT(nothing.kept, 4);
  EXPECT_LT(std::abs(nothing.shown), 0.5) << "what is shown for them is no gain either";
}

TEST(PolicySimulation, SimplificationsThatEachHarmALittleDoNotAddUp) {
  EXPECT_LT(simulate_nothing("confirm", 10, /*harm=*/0.3, /*simpler=*/true).kept, 10);
}

/// What becomes of a change that wins `search` sigmas on the search text and `confirm` on the
/// confirm text, the first that a lab tries.
struct OneChange {
  double kept = 0;   // share of labs
  double shown = 0;  // mean gain that is shown where it is kept, in sigmas
};

OneChange simulate_one(const char* policy_name, double search, double confirm, double spread = 0,
                       uint64_t labs = 400) {
  constexpr double kSigma = 0.01;
  const std::unique_ptr<Policy> policy = make_policy(policy_name, 3);
  OneChange result;
  double kept = 0;
  for (uint64_t world = 1; world <= labs; ++world) {
    const double factor = confirm / search + spread * Rng(mix64(world)).normal();
    SimulatedLab lab(
        {.level = [=](const Proposal&, int64_t number,
                      double base) { return number == 1 ? 0 : base - search * kSigma; },
         .sigma = kSigma,
         .on_confirm = [=](int64_t) { return factor; },
         .seed = world},
        "baseline");
    IdeaProposer ideas;
    lab.experiment(ideas, *policy);
    const Experiment& e = lab.history().at(2);
    if (e.status != Status::kKeep) continue;
    ++kept;
    result.shown += *e.gain / kSigma;
  }
  return {.kept = kept / static_cast<double>(labs), .shown = result.shown / std::max(kept, 1.0)};
}

void print_nothing() {
  std::printf(
      "\n| policy | kept of 200 | shown gain of one, in sigmas | kept of 200 with a line less | "
      "and 0.3 "
      "sigma worse each |\n|---|---|---|---|---|\n");
  for (const char* name : {"greedy", "confirm", "race"}) {
    const NullResult r = simulate_nothing(name, 200);
    std::printf("| %s | %.1f | %+.2f | %.0f | %.0f |\n", name, r.kept, r.shown,
                simulate_nothing(name, 50, 0, true).kept,
                simulate_nothing(name, 50, 0.3, true).kept);
  }
}

void print_table(bool has_confirm_data) {
  std::printf(
      "| effect / sigma | policy | true gain | reported less true, in sigmas | kept changes "
      "that harm | experiments |\n|---|---|---|---|---|---|\n");
  for (const double ratio : {20.0, 4.0, 1.0, 0.5, 0.25}) {
    for (const char* name : {"greedy", "confirm", "race"}) {
      const Result r = simulate(name, ratio, 1000, has_confirm_data);
      std::printf("| %g | %s | %.2f ± %.2f | %.1f | %.0f %% | %.0f |\n", ratio, name, r.gain,
                  r.error, r.bias, 100 * r.harmful, r.experiments);
    }
  }
}

/// Makes the tables of docs/deciding.md.
TEST(PolicySimulation, DISABLED_PrintsTheTable) {
  print_table(/*has_confirm_data=*/true);
  std::printf("\nwithout confirm data:\n");
  print_table(/*has_confirm_data=*/false);
  print_nothing();
}

/// A line of the curve in docs/deciding.md, for the bars that policy_confirm.cc has.
TEST(PolicySimulation, DISABLED_PrintsWhatStrictnessCosts) {
  std::printf("| %.1f |", simulate_nothing("confirm", 200).kept);
  for (const double ratio : {4.0, 1.0, 0.5, 0.25}) {
    const Result r = simulate("confirm", ratio, 400);
    std::printf(" %.2f ± %.2f |", r.gain, r.error);
  }
  std::printf("\n");
}

/// Lines of the table in docs/deciding.md of what the confirm text's size lets through, for what
/// loop/decide/pairs.cc has.
TEST(PolicySimulation, DISABLED_PrintsWhatAgreementInSizeCosts) {
  for (const char* name : {"confirm", "race"}) {
    std::printf("| %s |", name);
    for (const double spread : {0.0, kFactorSpread, 2 * kFactorSpread}) {
      for (const double gain : {2.0, 4.0, 16.0}) {
        std::printf(" %.0f |", 100 * simulate_one(name, gain, gain, spread).kept);
      }
    }
    std::printf(" %.0f |", 100 * simulate_one(name, 16, 8).kept);
    for (const auto& [search, confirm] :
         {std::pair(1.0, 0.0), std::pair(2.0, 0.0), std::pair(2.0, 1.0), std::pair(4.0, 2.0),
          std::pair(4.0, 2.6), std::pair(16.6, 10.9)}) {
      const OneChange r = simulate_one(name, search, confirm);
      std::printf(" %.0f (%.1f) |", 100 * r.kept, r.shown);
    }
    std::printf("\n");
  }
}

}  // namespace
}  // namespace tern::loop
