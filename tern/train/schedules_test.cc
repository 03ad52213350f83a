#include "tern/train/schedules.h"

#include <gtest/gtest.h>

#include "tern/base/error.h"
#include "tern/knobs/knobs.h"

namespace tern {
namespace {

Progress at_share(double fraction) { return {.step = 100, .fraction = fraction}; }

TEST(LambdaSchedule, EveryCurveRisesFromNothingToExactlyOne) {
  for (const std::string& curve : lambda_schedules().values()) {
    const LambdaSchedule schedule{.curve = curve, .warmup = 0.5};
    float before = schedule.at(at_share(0));
    EXPECT_EQ(before, curve == "none" ? 1 : 0) << curve;
    for (int i = 1; i <= 100; ++i) {
      const float now = schedule.at(at_share(i / 100.0));
      EXPECT_GE(now, before) << curve << " at " << i;
      before = now;
    }
    EXPECT_EQ(schedule.at(at_share(0.5)), 1) << curve;
  }
}

TEST(LambdaSchedule, HasTheShapesOfItsSources) {
  const auto middle = [](const char* curve, double rate) {
    return LambdaSchedule{.curve = curve, .warmup = 1, .rate = rate}.at(at_share(0.25));
  };
  EXPECT_FLOAT_EQ(middle("linear", 6), 0.25f);
  EXPECT_NEAR(middle("cosine", 6), 0.1464466, 1e-6);
  EXPECT_NEAR(middle("exponential", 6), 0.8220215, 1e-6);  // 1 - 0.75^6
  EXPECT_NEAR(middle("sigmoid", 15), 0.0224490, 1e-6);
  EXPECT_NEAR(middle("sigmoid", 100), 1.3888e-11, 1e-14);
  EXPECT_FLOAT_EQ(middle("step", 6), 0.25f);
  EXPECT_FLOAT_EQ(middle("two-phase", 6), 0.6f);
}

TEST(LambdaSchedule, AWarmUpAboveOneCountsSteps) {
  const LambdaSchedule schedule{.curve = "linear", .warmup = 200};
  EXPECT_FLOAT_EQ(schedule.at({.step = 50, .fraction = 0.9}), 0.25f);
}

TEST(LambdaSchedule, AnUnknownCurveIsAnErrorThatListsTheKnownOnes) {
  try {
    LambdaSchedule{.curve = "parabola"}.at(at_share(0.1));
    FAIL() << "no error";
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("two-phase"), std::string::npos) << e.what();
  }
}

TEST(LrSchedule, RisesToThePeakAndFallsToTheEnd) {
  for (const std::string& curve : lr_schedules().values()) {
    const LrSchedule schedule{.peak = 1, .curve = curve, .warmup = 0.1, .end = 0.2f};
    EXPECT_FLOAT_EQ(schedule.at(at_share(0.05)), 0.5f) << curve;
    EXPECT_FLOAT_EQ(schedule.at(at_share(0.1)), 1) << curve;
    EXPECT_FLOAT_EQ(schedule.at(at_share(1)), curve == "constant" ? 1 : 0.2f) << curve;
  }
}

TEST(LrSchedule, WarmupStableDecayStaysAtThePeakUntilItsDecay) {
  const LrSchedule schedule{.peak = 1, .curve = "wsd", .warmup = 0, .end = 0, .decay = 0.4};
  EXPECT_FLOAT_EQ(schedule.at(at_share(0.6)), 1);
  EXPECT_FLOAT_EQ(schedule.at(at_share(0.8)), 0.5f);
}

TEST(LrSchedule, FallsFromThePeakAfterAWarmUpInSteps) {
  const LrSchedule schedule{.peak = 1, .curve = "cosine", .warmup = 500, .end = 0};
  EXPECT_NEAR(schedule.at({.step = 501, .fraction = 0.501}), 1, 1e-4);
  EXPECT_NEAR(schedule.at({.step = 750, .fraction = 0.75}), 0.5, 1e-6);
}

TEST(LrSchedule, AnEndOfARateThatStaysConstantIsRefused) {
  struct {
    LrSchedule lr;
    void describe(Knobs& knobs) { TERN_KNOB_GROUPS(knobs, lr); }
  } recipe;
  const Knobs knobs = knobs_of(recipe);
  const RecipeDescription usual = knobs.description();
  recipe.lr = {.curve = "linear", .end = 0};
  EXPECT_NO_THROW(check_effects(knobs.description(), usual));
  recipe.lr = {.curve = "constant"};
  EXPECT_NO_THROW(check_effects(knobs.description(), usual));
  recipe.lr = {.curve = "constant", .end = 0};
  EXPECT_THROW(check_effects(knobs.description(), usual), Error);
}

TEST(LrSchedule, TheFirstStepOfAWarmUpMovesTheWeights) {
  EXPECT_GT((LrSchedule{.warmup = 0.1}.at({.step = 0, .fraction = 0})), 0);
  EXPECT_GT((LrSchedule{.warmup = 100}.at({.step = 0, .fraction = 0})), 0);
}

TEST(FallingTemperature, StaysThroughTheWarmUpAndEndsHard) {
  EXPECT_EQ(falling_temperature(0.5f, 0.2, at_share(0.1)), 0.5f);
  EXPECT_FLOAT_EQ(falling_temperature(0.5f, 0.2, at_share(0.6)), 0.25f);
  EXPECT_EQ(falling_temperature(0.5f, 0.2, at_share(1)), 0);
  // Also where the warm-up takes the whole run, or more steps than it has.
  EXPECT_EQ(falling_temperature(0.5f, 1, at_share(1)), 0);
  EXPECT_EQ(falling_temperature(0.5f, 1000, at_share(1)), 0);
}

TEST(Until, EndsAtAShareOrAtAStep) {
  EXPECT_EQ((WeightDecay{0.1f, 0.5}.at(at_share(0.49))), 0.1f);
  EXPECT_EQ((WeightDecay{0.1f, 0.5}.at(at_share(0.5))), 0);
  EXPECT_EQ((WeightDecay{0.1f, 1}.at(at_share(1))), 0.1f);
  EXPECT_EQ((WeightDecay{0.1f, 101}.at(at_share(0.9))), 0.1f);
  EXPECT_EQ((WeightDecay{0.1f, 100}.at(at_share(0.9))), 0);
}

}  // namespace
}  // namespace tern
