#include "loop/bench/schedule_change.h"

#include <gtest/gtest.h>

namespace tern {
namespace {

bool changes(const KnobValues& before, const KnobValues& after) {
  return changes_schedule({before, ""}, {after, ""});
}

TEST(ScheduleChange, IsOneOfWarmUpLambdaOrRate) {
  EXPECT_TRUE(changes({{"lr", "1"}}, {{"lr", "2"}}));
  EXPECT_TRUE(changes({{"lambda_warmup", "0.2"}}, {{"lambda_warmup", "1"}}));
  EXPECT_TRUE(changes({}, {{"lr_warmup", "1"}})) << "a knob that is new";
}

TEST(ScheduleChange, IsNoneWhereOtherKnobsDiffer) {
  EXPECT_FALSE(changes({{"lr", "1"}, {"group", "64"}}, {{"lr", "1"}, {"group", "32"}}));
  EXPECT_FALSE(changes({{"lr", "0.001"}}, {{"lr", "1e-3"}}));
}

TEST(ScheduleChange, AnotherLossHasAnotherCurve) {
  EXPECT_TRUE(changes({{"distill", "none"}}, {{"distill", "tsld"}}));
}

TEST(ScheduleChange, CodeThatSpeaksOfAScheduleCountsAndOverridesDoNot) {
  const auto code_changes = [](const char* before, const char* after) {
    return changes_schedule({{}, before}, {{}, after});
  };
  EXPECT_TRUE(code_changes("lr *= 2;\n", "lr *= 3;\n"));
  EXPECT_FALSE(code_changes("group();\n", "groups();\n"));
  EXPECT_FALSE(code_changes("// overrides begin\nlr = 1;\n// overrides end\n",
                            "// overrides begin\nlr = 1.0;\n// overrides end\n"));
}

}  // namespace
}  // namespace tern
