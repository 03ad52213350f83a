#include "loop/bench/curve_change.h"

#include <gtest/gtest.h>

namespace tern::loop {
namespace {

const RecipeDescription& recipe() {
  static const RecipeDescription recipe = {
      .knobs = {{.name = "lr", .path = "lr.peak", .bends_curve = true},
                {.name = "distill", .path = "distill.kind", .bends_curve = true},
                {.name = "group", .path = "weights.group"}}};
  return recipe;
}

bool changes(const KnobValues& before, const KnobValues& after) {
  return changes_curve(recipe(), {before, ""}, {after, ""});
}

bool code_changes(const char* before, const char* after) {
  return changes_curve(recipe(), {{}, before}, {{}, after});
}

TEST(CurveChange, IsThatOfAKnobWhichBendsTheCurve) {
  EXPECT_TRUE(changes({{"lr", "1"}}, {{"lr", "2"}}));
  EXPECT_TRUE(changes({{"distill", "none"}}, {{"distill", "tsld"}}));
  EXPECT_TRUE(changes({}, {{"lr", "1"}}));
}

TEST(CurveChange, IsNoneWhereOtherKnobsDiffer) {
  EXPECT_FALSE(changes({{"lr", "1"}, {"group", "64"}}, {{"lr", "1"}, {"group", "32"}}));
  EXPECT_FALSE(changes({{"lr", "0.001"}}, {{"lr", "1e-3"}}));
}

TEST(CurveChange, MayBeThatOfAKnobThatIsNew) {
  EXPECT_TRUE(changes({}, {{"smoothing", "0.1"}}));
  EXPECT_TRUE(changes({{"smoothing", "0.1"}}, {}));
}

TEST(CurveChange, IsCodeThatSpeaksOfSuchAKnobOrOfTheLoss) {
  EXPECT_TRUE(code_changes("r.lr *= 2;\n", "r.lr *= 3;\n"));
  EXPECT_TRUE(code_changes("", "x = o.peak;\n"));
  EXPECT_TRUE(code_changes("loss += part.item();\n", "loss += 2 * part.item();\n"));
  EXPECT_FALSE(code_changes("x = weights;\n", "x = weights + blr;\n")) << "no whole word";
}

TEST(CurveChange, IsNotReadOutOfOverrideLines) {
  EXPECT_FALSE(code_changes("// overrides begin\nlr.peak = 1;\n// overrides end\n",
                            "// overrides begin\nlr.peak = 1.0;\n// overrides end\n"));
}

}  // namespace
}  // namespace tern::loop
