#include "loop/propose/search_space.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tern {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kSource = R"(struct Recipe {
  int64_t steps = 0;
  float lr = 3e-4f;  // try: 1e-3 0.0003 1e-4
  int bits = 16;  // try: 8 16
  double warmup = 0.05;  // try: 0 0.05 0.1 1000
  std::string group = "64";  // try: 128 64 row
  bool norm = true;  // try: false true maybe
  float alone = 1.0f;  // try: 1 or so
};
)";

TEST(SearchSpace, KnobsAreTheFieldsWithOtherValuesToTry) {
  const SearchSpace space(kSource);
  std::vector<std::string> names;
  for (const Knob& knob : space.knobs()) names.push_back(knob.name);
  EXPECT_THAT(names, ElementsAre("lr", "bits", "warmup", "group", "norm"));
}

TEST(SearchSpace, NumbersAreSortedAndTheRecipesOwnSpellingStays) {
  const Knob lr = SearchSpace(kSource).knobs()[0];
  EXPECT_THAT(lr.values, ElementsAre("1e-4", "3e-4", "1e-3"));
  EXPECT_EQ(lr.value(), "3e-4");
}

TEST(SearchSpace, WordsKeepTheirOrderAndIllegalOnesAreLeftOut) {
  const SearchSpace space(kSource);
  EXPECT_THAT(space.knobs()[3].values, ElementsAre("128", "64", "row"));
  EXPECT_THAT(space.knobs()[4].values, ElementsAre("false", "true"));
}

TEST(SearchSpace, ARecipeWithoutValuesToTryHasNoKnobs) {
  EXPECT_TRUE(SearchSpace("struct Recipe {\n  int a = 1;\n};\n").knobs().empty());
}

TEST(SearchSpace, AChangeIsAOneLineDiff) {
  const SearchSpace space(kSource);
  EXPECT_THAT(space.apply({{0, "1e-3"}}), HasSubstr("float lr = 1e-3f;  // try: 1e-3"));
  EXPECT_EQ(space.describe({{0, "1e-3"}, {3, "row"}}), "lr: 3e-4 -> 1e-3, group: 64 -> row");
}

TEST(SearchSpace, TheSameNumberInAnotherSpellingIsTheSameRecipe) {
  const SearchSpace space(kSource);
  EXPECT_EQ(space.key({{0, "1e-3"}}), space.key({{0, "0.001"}}));
  EXPECT_EQ(space.key({{0, "0.0003"}}), space.key({}));
  EXPECT_NE(space.key({{0, "1e-3"}}), space.key({}));
}

TEST(Knob, ValuesInBetweenHavePlacesInBetweenByTheirLogarithm) {
  const Knob lr =
      SearchSpace("struct Recipe {\n  float lr = 1e-4f;  // try: 1e-2\n};\n").knobs()[0];
  EXPECT_NEAR(*lr.position_of("1e-3"), 0.5, 1e-12);
  EXPECT_EQ(lr.position_of("1"), 1.0);
  EXPECT_EQ(lr.position_of("fast"), std::nullopt);
}

TEST(Knob, MidpointsAreGeometricMeansOfRealNeighbours) {
  const SearchSpace space(kSource);
  EXPECT_THAT(space.knobs()[0].midpoints(), ElementsAre("0.00017", "0.00055"));
  EXPECT_THAT(space.knobs()[1].midpoints(), ElementsAre()) << "11 bits are no kind of number";
  EXPECT_THAT(space.knobs()[2].midpoints(), ElementsAre("0.071"))
      << "none beside 0, none between a share of the run and 1000 steps";
}

}  // namespace
}  // namespace tern
