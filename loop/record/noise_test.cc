#include "loop/record/noise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tern/base/rng.h"

namespace tern::loop {
namespace {

using ::testing::HasSubstr;

/// Builds a history by its events.
class LedgerStory {
 public:
  void plan(int64_t base) {
    ++number_;
    apply("planned", number_, {{"base", base}, {"program", std::to_string(number_)}});
    runs_ = 0;
  }
  void run(uint64_t seed, double ln_ppl) {
    ++runs_;
    apply("run", number_, {{"run", runs_}, {"comparison", number_}, {"seed", seed}});
    apply("ran", number_, {{"run", runs_}, {"outcome", "scored"}, {"val_ppl", std::exp(ln_ppl)}});
  }
  void confirm(int64_t run, double ln_ppl) {
    apply("confirmed", number_, {{"run", run}, {"confirm_ppl", std::exp(ln_ppl)}});
  }
  void end(const char* status) { apply("ended", number_, {{"status", status}}); }
  void drift() { apply("drift", 0, {{"reason", "another clock"}}); }

  History history;

 private:
  void apply(const char* kind, int64_t experiment, Json::Object members) {
    members.emplace_back("event", kind);
    members.emplace_back("experiment", experiment);
    history.apply(Json(std::move(members)));
  }

  int64_t number_ = 0;
  int64_t runs_ = 0;
};

LedgerStory story_with_baseline(std::initializer_list<double> ln_ppls) {
  LedgerStory story;
  story.plan(0);
  uint64_t seed = 0;
  for (const double ln_ppl : ln_ppls) story.run(++seed, ln_ppl);
  story.end("baseline");
  return story;
}

TEST(Noise, IsTheStandardDeviationOfTheBaselinesRuns) {
  const Noise noise = estimate_noise(story_with_baseline({3.00, 3.01, 3.02}).history);
  EXPECT_NEAR(noise.sigma, 0.01, 1e-12);
  EXPECT_EQ(noise.runs, 3);
  EXPECT_EQ(noise.degrees, 2);
}

TEST(ConfirmNoise, IsNearSigmaWhileFewRunsAreConfirmed) {
  EXPECT_NEAR(estimate_confirm_noise(story_with_baseline({3.00, 3.01, 3.02}).history), 0.01, 1e-12);
  EXPECT_EQ(estimate_confirm_noise(story_with_baseline({3.00}).history), 0);
}

TEST(ConfirmNoise, IsHowMuchTheTextsDifferFromSeedToSeed) {
  LedgerStory story;
  story.plan(0);
  for (int64_t run = 1; run <= 60; ++run) {
    const double odd = run % 2 == 0 ? 0.01 : -0.01;
    story.run(static_cast<uint64_t>(run), 3 + odd);
    story.confirm(run, 4 + 0.9 * odd);
  }
  story.end("baseline");
  EXPECT_NEAR(estimate_confirm_noise(story.history), 0.003, 0.0005)
      << "0.001 of the runs, and a little of sigma";
}

TEST(Noise, IsNotKnownFromOneRun) {
  EXPECT_EQ(estimate_noise(story_with_baseline({3.0}).history).sigma, 0);
}

TEST(Noise, OfThreeRunsLiesInAWideInterval) {
  const Noise noise = estimate_noise(story_with_baseline({3.00, 3.01, 3.02}).history);
  // The 5 % and 95 % quantiles of chi-square with 2 degrees of freedom are -2 ln of 0.95 and 0.05.
  EXPECT_NEAR(noise.low, 0.01 * std::sqrt(2 / (-2 * std::log(0.05))), 1e-6);
  EXPECT_NEAR(noise.high, 0.01 * std::sqrt(2 / (-2 * std::log(0.95))), 1e-6);
}

TEST(Noise, LeavesOutTheRunThatSelectedAKeptRecipe) {
  LedgerStory story = story_with_baseline({3.00, 3.01, 3.02});
  story.plan(1);
  for (const double ln_ppl : {2.5, 2.90, 2.91, 2.92}) story.run(1, ln_ppl);
  story.end("keep");
  const Noise noise = estimate_noise(story.history);
  EXPECT_NEAR(noise.sigma, 0.01, 1e-12);
  EXPECT_EQ(noise.degrees, 4);
}

TEST(Noise, IsNotBlurredByADroppedRecipeThatNearlyDiverges) {
  LedgerStory story = story_with_baseline({3.00, 3.01, 3.02});
  story.plan(1);
  for (const double ln_ppl : {2.9, 3.0, 9.0}) story.run(1, ln_ppl);
  story.end("discard");
  EXPECT_NEAR(estimate_noise(story.history).sigma, 0.01, 1e-12);
}

TEST(Noise, ForgetsRunsFromBeforeADrift) {
  LedgerStory story = story_with_baseline({3.00, 3.01, 3.02});
  story.drift();
  EXPECT_EQ(estimate_noise(story.history).sigma, 0);
}

/// Ten dropped changes of the baseline whose true effects are `effect` apart from it.
LedgerStory story_of_changes(double effect) {
  LedgerStory story = story_with_baseline({3.00, 3.01, 3.02});
  Rng rng(5);
  for (int i = 0; i < 10; ++i) {
    story.plan(1);
    story.run(2, 3.01 + effect + 0.01 * rng.normal());
    story.end("discard");
  }
  return story;
}

TEST(Power, SaysThatNothingCanBeDecidedWhenChangesDifferLikeRunsOfOneRecipe) {
  const LedgerStory story = story_of_changes(0.001);
  const Power power = power_of(story.history, estimate_noise(story.history));
  EXPECT_EQ(power.changes, 10);
  EXPECT_THAT(power.sentence, HasSubstr("nothing can be decided"));
  // Two standard errors over three pairs: 2 * 0.01 * sqrt(2 / 3) nats.
  EXPECT_THAT(power.sentence, HasSubstr("research.repeats = 3 gains above 1.65 %"));
  EXPECT_THAT(power.sentence, HasSubstr("12 those above 0.82 %"));
}

TEST(Power, IsSilentWhenChangesDifferByMoreThanNoise) {
  const LedgerStory story = story_of_changes(0.03);
  const Power power = power_of(story.history, estimate_noise(story.history));
  EXPECT_EQ(power.sentence, "");
  EXPECT_NEAR(power.effect, 0.03, 0.01);
}

TEST(Power, IsSilentWhileSomethingIsKept) {
  LedgerStory story = story_of_changes(0.001);
  story.plan(1);
  story.run(2, 2.99);
  story.end("keep");
  EXPECT_EQ(power_of(story.history, estimate_noise(story.history)).sentence, "");
}

TEST(Power, NeedsSomeChangesAndAKnownNoise) {
  const LedgerStory story = story_with_baseline({3.0, 3.01});
  EXPECT_EQ(power_of(story.history, estimate_noise(story.history)).sentence, "");
  EXPECT_EQ(power_of(story_of_changes(0.001).history, Noise{}).sentence, "");
}

TEST(DescribeGain, SpeaksOfPercentAndSigma) {
  EXPECT_EQ(describe_gain(-std::log(0.98)), "2.00 % lower");
  EXPECT_EQ(describe_gain(-0.01, 0.005), "1.01 % higher (2.0 sigma)");
  EXPECT_EQ(describe_gain(0.01, 0), "1.00 % lower");
}

}  // namespace
}  // namespace tern::loop
