#include "tern/recipe/overrides.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/error.h"

namespace tern {
namespace {

using ::testing::HasSubstr;

const std::string kRecipe =
    "struct Recipe {\n"
    "  void override_values() {\n"
    "    // overrides begin\n"
    "    lr.peak = 1e-3f;\n"
    "    weights.rule.level = \"least-squares\";\n"
    "    // overrides end\n"
    "  }\n"
    "};\n";

const KnobDescription kPeak{
    .name = "lr", .path = "lr.peak", .type = "float", .value = "1e-3", .standard = "3e-4"};
const KnobDescription kSubNorm{.name = "sub_norm",
                               .path = "structure.sub_norm",
                               .type = "bool",
                               .value = "false",
                               .standard = "false"};
const KnobDescription kCurve{.name = "lr_schedule",
                             .path = "lr.curve",
                             .type = "std::string",
                             .value = "cosine",
                             .standard = "cosine",
                             .choices = {{"cosine", "", ""}, {"wsd", "", ""}}};

TEST(Overrides, AnotherValueReplacesTheKnobsLineAndNoOther) {
  std::string expected = kRecipe;
  expected.replace(expected.find("1e-3f"), 5, "2e-3f");
  EXPECT_EQ(set_override(kRecipe, kPeak, "2e-3"), expected);
}

TEST(Overrides, OfTwoLinesOfOneKnobTheLastOneWhichCountsIsReplaced) {
  std::string twice = kRecipe;
  twice.insert(twice.find("    // overrides end"), "    lr.peak = 5e-4f;\n");
  const std::string changed = set_override(twice, kPeak, "2e-3");
  EXPECT_THAT(changed, HasSubstr("lr.peak = 1e-3f;"));
  EXPECT_THAT(changed, HasSubstr("    lr.peak = 2e-3f;\n    // overrides end"));
}

TEST(Overrides, AKnobWithoutALineGetsOneBehindTheOthers) {
  EXPECT_THAT(
      set_override(kRecipe, kSubNorm, "true"),
      HasSubstr("\"least-squares\";\n    structure.sub_norm = true;\n    // overrides end"));
}

TEST(Overrides, TernsOwnValueTakesTheLineOut) {
  const std::string without = set_override(kRecipe, kPeak, "0.0003");
  EXPECT_THAT(without, ::testing::Not(HasSubstr("lr.peak")));
  EXPECT_THAT(without, HasSubstr("// overrides begin\n    weights.rule.level"));
  EXPECT_EQ(set_override(without, kPeak, "3e-4"), without);
}

TEST(Overrides, ValuesAreWrittenAsCppWritesThem) {
  EXPECT_EQ(override_line(kPeak, "1"), "lr.peak = 1.0f;");
  EXPECT_EQ(override_line(kPeak, "2e-4"), "lr.peak = 2e-4f;");
  EXPECT_EQ(override_line(kCurve, "wsd"), "lr.curve = \"wsd\";");
  EXPECT_EQ(override_line(kCurve, "a\"b\\"), "lr.curve = \"a\\\"b\\\\\";");
}

TEST(Overrides, AValueThatTheKnobCannotHaveIsRefused) {
  EXPECT_THROW(set_override(kRecipe, kPeak, "fast"), Error);
  EXPECT_THROW(set_override(kRecipe, kPeak, "1e-3; system(\"id\")"), Error);
  EXPECT_THROW(set_override(kRecipe, kSubNorm, "1"), Error);
  EXPECT_THROW(set_override(kRecipe, kCurve, "parabola"), Error);
  EXPECT_THROW(set_override(kRecipe, kCurve, "wsd\n"), Error);
}

TEST(Overrides, ARecipeWithoutTheirPlaceIsRefusedByASentence) {
  try {
    set_override("int main() {}\n", kPeak, "1e-3");
    FAIL() << "no error";
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), HasSubstr("// overrides begin"));
  }
}

TEST(Overrides, WhatIsLeftWithoutThemIsTheSameForTwoRecipesThatDifferInValuesAlone) {
  EXPECT_EQ(without_overrides(set_override(kRecipe, kPeak, "2e-3")), without_overrides(kRecipe));
  EXPECT_THAT(without_overrides(kRecipe), ::testing::Not(HasSubstr("peak")));
  EXPECT_EQ(without_overrides("int x;\n"), "int x;\n");
}

TEST(Overrides, APresetsLinesTakeTheirPlaceWithItsIndentation) {
  EXPECT_THAT(with_overrides(kRecipe, "// why\nrun.steps = 3;\n"),
              HasSubstr("    // overrides begin\n    // why\n    run.steps = 3;\n    // overrides "
                        "end\n"));
}

}  // namespace
}  // namespace tern
