#include "loop/bench/schedule_change.h"

#include <gtest/gtest.h>

namespace tern {
namespace {

TEST(ScheduleChange, IsOneOfWarmUpLambdaOrRate) {
  EXPECT_TRUE(changes_schedule("float lr = 1;\n", "float lr = 2;\n"));
  EXPECT_TRUE(
      changes_schedule("a\ndouble lambda_warmup = 0.2;\n", "a\ndouble lambda_warmup = 1;\n"));
}

TEST(ScheduleChange, IsNoneWhereOtherLinesDiffer) {
  EXPECT_FALSE(
      changes_schedule("float lr = 1;\nint group = 64;\n", "float lr = 1;\nint group = 32;\n"));
  EXPECT_FALSE(changes_schedule("float lr = 1;\n", "float lr = 1;\n"));
}

TEST(ScheduleChange, AnotherLossHasAnotherCurve) {
  EXPECT_TRUE(
      changes_schedule("std::string distill = \"none\";\n", "std::string distill = \"tsld\";\n"));
}

}  // namespace
}  // namespace tern
