#include "tern/train/budget.h"

#include <gtest/gtest.h>

#include <thread>

namespace tern {
namespace {

TEST(Budget, BySteps) {
  Budget budget(4, 1000);
  budget.resume();
  for (int i = 0; i < 4; ++i) {
    EXPECT_FALSE(budget.finished());
    EXPECT_EQ(budget.progress().fraction, i / 4.0);
    budget.step_done();
  }
  EXPECT_TRUE(budget.finished());
}

TEST(Budget, TheClockStandsStillWhilePaused) {
  Budget budget(0, 1000);
  budget.resume();
  budget.pause();
  const double spent = budget.seconds_spent();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(budget.seconds_spent(), spent);
}

TEST(Budget, NoSecondsEndTheRunBeforeItsFirstStep) { EXPECT_TRUE(Budget(0, 0).finished()); }

TEST(Budget, GoesOnFromWhereItWasStopped) {
  Budget budget(10, 1000);
  budget.restore(7, 3.5);
  EXPECT_EQ(budget.progress().step, 7);
  EXPECT_GE(budget.seconds_spent(), 3.5);
}

}  // namespace
}  // namespace tern
