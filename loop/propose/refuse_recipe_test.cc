#include "loop/propose/refuse_recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loop/propose/described_test_util.h"

namespace tern::loop {
namespace {

using testing::HasSubstr;

/// A recipe with these overrides, and what it says of itself.
struct Made {
  explicit Made(const std::string& overrides = "", const std::string& rest = "")
      : source(made_up_recipe(overrides) + rest),
        recipe(made_up_description(
            {made_up_knob("seed", "uint64_t", "1"), made_up_knob("lr", "float", "1e-3", {"2e-3"}),
             made_up_knob("bits", "int", "16", {"8"}),
             made_up_knob("clip", "float", "1", {}, {beside("bits", {"8"})})},
            source)) {}
  BuiltRecipe built() const { return {recipe, source}; }

  std::string source;
  RecipeDescription recipe;
};

std::string refuse(const Made& made, const KnobValues& intended = {},
                   const History& history = History()) {
  return refuse_recipe(made.built(), intended, Made().built(), history);
}

/// A history in which this recipe was tried as experiment 1.
History tried(const Made& made) {
  History history;
  history.apply(Json::Object{{"event", "planned"},
                             {"experiment", 1},
                             {"base", 0},
                             {"description", "a rate"},
                             {"program", "p"}});
  history.apply(Json::Object{{"event", "described"},
                             {"experiment", 1},
                             {"knobs", Json::object()},
                             {"recipe", recipe_hash(made.recipe, made.source)}});
  history.apply(Json::Object{{"event", "ended"}, {"experiment", 1}, {"status", "discard"}});
  return history;
}

TEST(RefuseRecipe, OtherValuesAndOtherCodeAreTaken) {
  EXPECT_EQ(refuse(Made("  lr = 2e-3f;\n"), {{"lr", "0.002"}}), "");
  EXPECT_EQ(refuse(Made("", "int more;\n")), "");
}

TEST(RefuseRecipe, AValueThatDidNotArriveIsNamedWithWhatWasFound) {
  EXPECT_EQ(refuse(Made("  bits = 8;\n"), {{"bits", "8"}, {"lr", "2e-3"}}),
            "lr was to become 2e-3, and the built recipe says that it is 1e-3: something else in "
            "train.cpp sets it");
  EXPECT_THAT(refuse(Made("  bits = 8;\n"), {{"pace", "2"}}), HasSubstr("no such knob"));
}

TEST(RefuseRecipe, TheIncumbentWrittenOtherwiseIsNoChange) {
  EXPECT_THAT(refuse(Made("  lr = 0.001f;\n")), HasSubstr("the incumbent's value"));
  EXPECT_THAT(refuse(Made("", "// more\n")), HasSubstr("the incumbent's value"));
}

TEST(RefuseRecipe, AnotherSeedAloneIsNoChangeHoweverItIsSet) {
  EXPECT_THAT(refuse(Made("  seed = 7;\n")), HasSubstr("only the seed"));
  const Made before("", "uint64_t seed = 1;\n");
  Made after("", "uint64_t seed = 7;\n");
  after.recipe.find("seed")->value = "7";
  EXPECT_THAT(refuse_recipe(after.built(), {}, before.built(), History()),
              HasSubstr("only the seed"));
}

TEST(RefuseRecipe, ATriedRecipeIsKnownBySpellingsOrderAndKnobsWithoutEffect) {
  const History history = tried(Made("  lr = 2e-3f;\n"));
  EXPECT_EQ(refuse(Made("  lr = 0.002f;\n"), {}, history),
            "experiment 1 tried this very recipe, written otherwise (discard: a rate); change "
            "something else");
  EXPECT_NE(refuse(Made("  clip = 0.5f;\n  lr = 2e-3f;\n"), {}, history), "");
  EXPECT_NE(refuse(Made("  lr = 2e-3f;\n  seed = 9;\n"), {}, history), "");
  EXPECT_EQ(refuse(Made("  lr = 2e-3f;\n  bits = 8;\n"), {}, history), "");
}

}  // namespace
}  // namespace tern::loop
