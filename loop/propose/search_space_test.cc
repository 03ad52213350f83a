#include "loop/propose/search_space.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loop/propose/described_test_util.h"
#include "loop/propose/refuse_recipe.h"

namespace tern::loop {
namespace {

using ::testing::ElementsAre;

RecipeDescription recipe() {
  return {.knobs = {made_up_knob("steps", "int64_t", "0"),
                    made_up_knob("lr", "float", "3e-4", {"1e-3", "0.0003", "1e-4"}),
                    made_up_knob("bits", "int", "16", {"8", "16"}),
                    made_up_knob("warmup", "double", "0.05", {"0", "0.05", "0.1", "1000"}),
                    made_up_knob("group", "std::string", "64", {"128", "64", "row"}),
                    made_up_knob("norm", "bool", "true", {"false", "true"}),
                    made_up_knob("alone", "float", "1", {"1.0"})}};
}

SearchSpace space() { return {recipe(), made_up_recipe()}; }

std::string described(const SearchSpace& space, const Changes& changes) {
  const std::optional<RecipeDescription> after = space.after(changes);
  return after ? space.describe(*after) : "impossible";
}

TEST(SearchSpace, KnobsAreThoseWithOtherValuesToTryInTheRecipesOrder) {
  const SearchSpace space = loop::space();
  std::vector<std::string> names;
  for (const Knob& knob : space.knobs()) names.push_back(knob.name);
  EXPECT_THAT(names, ElementsAre("lr", "bits", "warmup", "group", "norm"));
}

TEST(SearchSpace, NumbersAreSortedAndTheRecipesOwnSpellingStays) {
  const SearchSpace space = loop::space();
  const Knob& lr = space.knobs()[0];
  EXPECT_THAT(lr.values, ElementsAre("1e-4", "3e-4", "1e-3"));
  EXPECT_EQ(lr.value(), "3e-4");
}

TEST(SearchSpace, WordsKeepTheirOrderAndIllegalOnesAreLeftOut) {
  RecipeDescription recipe = loop::recipe();
  recipe.find("group")->choices = {{"128", "", ""}, {"64", "", ""}, {"row", "", ""}};
  recipe.find("group")->tries.push_back("tensor");
  recipe.find("norm")->tries.push_back("maybe");
  const SearchSpace space(recipe, made_up_recipe());
  EXPECT_THAT(space.knobs()[3].values, ElementsAre("128", "64", "row"));
  EXPECT_THAT(space.knobs()[4].values, ElementsAre("false", "true"));
}

TEST(SearchSpace, ARecipeWithoutValuesToTryHasNoKnobs) {
  EXPECT_TRUE(SearchSpace({.knobs = {made_up_knob("a", "int", "1")}}, "").knobs().empty());
}

TEST(SearchSpace, AChangeIsOneOverride) {
  const SearchSpace space = loop::space();
  const RecipeDescription after = *space.after({{0, "1e-3"}, {3, "row"}});
  EXPECT_EQ(space.source(after), made_up_recipe("  lr = 1e-3f;\n  group = \"row\";\n"));
  EXPECT_EQ(space.describe(after), "lr: 3e-4 -> 1e-3, group: 64 -> row");
}

TEST(SearchSpace, AValueOfTernsOwnIsNoOverride) {
  const std::string source = made_up_recipe("  lr = 1e-3f;\n");
  const SearchSpace space(made_up_description(recipe().knobs, source), source);
  EXPECT_EQ(space.source(*space.after({{0, "3e-4"}})), made_up_recipe());
}

TEST(SearchSpace, TheSameNumberInAnotherSpellingIsTheSameRecipe) {
  const SearchSpace space = loop::space();
  const auto key = [&](const Changes& changes) { return values_key(*space.after(changes)); };
  EXPECT_EQ(key({{0, "1e-3"}}), key({{0, "0.001"}}));
  EXPECT_EQ(key({{0, "0.0003"}}), key({}));
  EXPECT_NE(key({{0, "1e-3"}}), key({}));
}

TEST(SearchSpace, LengthsAreTriedUpToWhatARunTakes) {
  RecipeDescription recipe = loop::recipe();
  recipe.find("warmup")->length = true;
  recipe.find("warmup")->tries = {"0.1", "1", "50", "400"};
  const auto lengths = [&](double most_steps) {
    return SearchSpace(recipe, made_up_recipe(), most_steps).knobs()[2].values;
  };
  EXPECT_THAT(lengths(399), ElementsAre("0.05", "0.1", "1", "50"));
  EXPECT_THAT(lengths(400), ElementsAre("0.05", "0.1", "1", "50", "400"));
  EXPECT_THAT(lengths(0), ElementsAre("0.05", "0.1", "1")) << "no run has told its steps";
}

/// A recipe in which knobs need each other.
class Needs : public testing::Test {
 protected:
  explicit Needs(const std::string& overrides = "")
      : source_(made_up_recipe(overrides)),
        space_(made_up_description(
                   {made_up_knob("schedule", "std::string", "cosine", {"cosine", "wsd"}),
                    made_up_knob("decay", "double", "0.3", {"0.1", "0.3"},
                                 {beside("schedule", {"wsd"})}),
                    made_up_knob("bits", "int", "16", {"4", "8", "16"}),
                    made_up_knob("clip", "float", "1", {"0.8", "1"}, {beside("bits", {"4", "8"})}),
                    made_up_knob("far", "int", "0", {"1"},
                                 {{{{"bits", true, {"8"}}, {"schedule", true, {"wsd"}}}}}),
                    made_up_knob("mode", "std::string", "off"),
                    made_up_knob("rate", "float", "1", {"2"}, {beside("mode", {"off"}, false)}),
                    made_up_knob("lr", "float", "1e-3", {"2e-3"})},
                   source_),
               source_) {}

  std::string described(const Changes& changes) const { return loop::described(space_, changes); }
  size_t place(const char* knob) const { return *space_.find(knob); }

  std::string source_;
  SearchSpace space_;
};

TEST_F(Needs, AKnobWithoutEffectComesWithTheNearestChangeThatLetsItAct) {
  EXPECT_EQ(described({{place("decay"), "0.1"}}), "schedule: cosine -> wsd, decay: 0.3 -> 0.1");
  EXPECT_EQ(described({{place("clip"), "0.8"}}), "bits: 16 -> 8, clip: 1 -> 0.8");
}

TEST_F(Needs, AKnobThatNoSingleChangeLetsActIsNotProposed) {
  EXPECT_EQ(described({{place("far"), "1"}}), "impossible");
  EXPECT_EQ(described({{place("rate"), "2"}}), "impossible") << "mode has no other value to try";
}

TEST_F(Needs, TheNeededChangeMayBeAmongTheOthers) {
  EXPECT_EQ(described({{place("far"), "1"}, {place("bits"), "8"}}),
            "schedule: cosine -> wsd, bits: 16 -> 8, far: 0 -> 1");
  EXPECT_EQ(described({{place("decay"), "0.1"}, {place("schedule"), "wsd"}}),
            "schedule: cosine -> wsd, decay: 0.3 -> 0.1");
}

TEST_F(Needs, ACompanionTakesNothingBackThatWasAskedFor) {
  EXPECT_EQ(described({{place("clip"), "0.8"}, {place("bits"), "16"}}), "impossible");
}

class NeedsMet : public Needs {
 protected:
  NeedsMet() : Needs("  schedule = \"wsd\";\n  decay = 0.1;\n") {}
};

TEST_F(NeedsMet, AnOverrideThatLosesItsEffectIsDroppedWithTheChange) {
  const RecipeDescription after = *space_.after({{place("schedule"), "cosine"}});
  EXPECT_EQ(space_.describe(after), "schedule: wsd -> cosine, decay: 0.1 -> 0.3");
  EXPECT_EQ(space_.source(after), made_up_recipe());
}

TEST_F(NeedsMet, AKnobThatActsChangesAlone) {
  EXPECT_EQ(described({{place("decay"), "0.3"}}), "decay: 0.1 -> 0.3");
}

TEST(SearchSpace, AChoiceOfAKnobThatIsNotSearchedMayBeACompanion) {
  RecipeDescription recipe{
      .knobs = {made_up_knob("mode", "std::string", "off"),
                made_up_knob("rate", "float", "1", {"2"}, {beside("mode", {"off"}, false)})}};
  recipe.knobs[0].choices = {{"off", "", ""}, {"on", "", ""}};
  const SearchSpace space(recipe, made_up_recipe());
  EXPECT_EQ(described(space, {{0, "2"}}), "mode: off -> on, rate: 1 -> 2");
}

TEST(Knob, ValuesInBetweenHavePlacesInBetweenByTheirLogarithm) {
  const SearchSpace space({.knobs = {made_up_knob("lr", "float", "1e-4", {"1e-2"})}}, "");
  const Knob& lr = space.knobs()[0];
  EXPECT_NEAR(*lr.position_of("1e-3"), 0.5, 1e-12);
  EXPECT_EQ(lr.position_of("1"), 1.0);
  EXPECT_EQ(lr.position_of("fast"), std::nullopt);
}

TEST(Knob, MidpointsAreGeometricMeansOfRealNeighbours) {
  const SearchSpace space = loop::space();
  EXPECT_THAT(space.knobs()[0].midpoints(), ElementsAre("0.00017", "0.00055"));
  EXPECT_THAT(space.knobs()[1].midpoints(), ElementsAre()) << "11 bits are no kind of number";
  EXPECT_THAT(space.knobs()[2].midpoints(), ElementsAre("0.071"))
      << "none beside 0, none between a share of the run and 1000 steps";
}

}  // namespace
}  // namespace tern::loop
