#include "tern/attendant/run_meter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tern/base/error.h"

namespace tern {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr int64_t kStep = 10;

void pass(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

TEST(RunMeter, WithoutABudgetItCounts) {
  RunMeter meter({});
  for (int i = 0; i < 100; ++i) meter.deal(kStep, kStep);
  EXPECT_EQ(meter.report().tokens, 1000);
  EXPECT_EQ(meter.report().refused, "");
}

TEST(RunMeter, ABudgetOfTokensIsRoundedUpToAStepAndNotFurther) {
  RunMeter meter({.tokens = 95});
  for (int i = 0; i < 10; ++i) meter.deal(kStep, kStep);
  EXPECT_THAT(
      [&] {
        for (;;) meter.deal(kStep, kStep);
      },
      ThrowsMessage<Error>(HasSubstr("it asked for 110 tokens to train on")));
  EXPECT_EQ(meter.report().tokens, 100);
  EXPECT_THAT(meter.report().refused, HasSubstr("beyond its budget of 95"));
}

TEST(RunMeter, AStepIsBelievedUpToATenthOfTheBudget) {
  RunMeter meter({.tokens = 1000});
  EXPECT_THROW(
      {
        for (;;) meter.deal(kStep, /*step_tokens=*/1'000'000);
      },
      Error);
  EXPECT_LE(meter.report().tokens, 1000 + 100 + kStep);
}

TEST(RunMeter, OneBatchIsNoLargerAStepThanThat) {
  RunMeter meter({.tokens = 1000});
  EXPECT_THROW(meter.deal(/*tokens=*/5000, /*step_tokens=*/5000), Error);
  EXPECT_EQ(meter.report().tokens, 0);
}

TEST(RunMeter, ARunThatGoesOnTrainingOnWhatItWasDealtBeforeCountsForNothing) {
  RunMeter meter({.seconds = 0.05});
  meter.deal(kStep, kStep);
  pass(1.2);
  meter.evaluated(0, /*last=*/true);
  EXPECT_THAT(meter.report().refused, HasSubstr("of a budget of 0.1 s, more than a step beyond"));
}

TEST(RunMeter, TrainingBeyondTheSecondsIsRefusedWithTheFigures) {
  RunMeter meter({.seconds = 0.05});
  meter.deal(kStep, kStep);
  pass(1.2);
  EXPECT_THAT([&] { meter.deal(kStep, kStep); },
              ThrowsMessage<Error>(HasSubstr("of a budget of 0.1 s, more than a step beyond")));
  EXPECT_GE(meter.report().training_seconds, 1.2);
}

TEST(RunMeter, TheClockBeginsWithTheFirstTokensAndStandsStillForEvaluations) {
  RunMeter meter({});
  pass(0.05);
  EXPECT_EQ(meter.training_seconds(), 0);
  meter.deal(kStep, kStep);
  pass(0.05);
  meter.evaluated(0.04, /*last=*/false);
  EXPECT_GE(meter.training_seconds(), 0.01);
  EXPECT_NEAR(meter.report().evaluation_seconds, 0.04, 1e-9);
}

TEST(RunMeter, ItEndsWithTheLastEvaluationUnlessTrainingGoesOn) {
  RunMeter meter({});
  meter.deal(kStep, kStep);
  meter.evaluated(0, /*last=*/true);
  const double seconds = meter.training_seconds();
  pass(0.02);
  EXPECT_EQ(meter.training_seconds(), seconds);
  meter.deal(kStep, kStep);
  EXPECT_GE(meter.training_seconds(), seconds + 0.02);
}

TEST(RunMeter, ARunWithABudgetLooksAtLittleTextBeforeItTrains) {
  RunMeter meter({.tokens = 1000});
  meter.deal_for_start(8192, 256);
  meter.deal_for_start(8192, 256);
  EXPECT_THROW(meter.deal_for_start(1, 256), Error);
  RunMeter free({});
  free.deal_for_start(1 << 20, 256);
}

TEST(RunMeter, OfTheEvaluationsThatARunMayMakeOneIsKeptForItsEnd) {
  RunMeter meter({.evaluations = 2});
  EXPECT_TRUE(meter.may_evaluate(false));
  meter.evaluated(0, false);
  EXPECT_FALSE(meter.may_evaluate(false));
  EXPECT_TRUE(meter.may_evaluate(true));
  meter.evaluated(0, true);
  EXPECT_FALSE(meter.may_evaluate(true));
}

}  // namespace
}  // namespace tern
