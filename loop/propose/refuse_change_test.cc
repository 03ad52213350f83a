#include "loop/propose/refuse_change.h"

#include <gtest/gtest.h>

#include "loop/boundary/program_text.h"
#include "loop/boundary/refuse_text.h"

namespace tern::loop {
namespace {

std::string recipe(const std::string& lr, const std::string& seed = "1") {
  return "// the recipe\nvoid overrides() {\n  // overrides begin\n  seed = " + seed +
         ";\n  lr = " + lr + ";  // try 1 or 2\n  // overrides end\n}\nint main() {}\n";
}

/// What the recipe with that rate says of itself.
RecipeDescription described(const std::string& lr = "1", const std::string& seed = "1") {
  RecipeDescription recipe;
  for (const auto& [name, value] : KnobValues{{"seed", seed}, {"lr", lr}}) {
    KnobDescription& knob = recipe.knobs.emplace_back();
    knob.name = knob.path = name;
    knob.type = name == "lr" ? "float" : "uint64_t";
    knob.value = value;
    knob.standard = "0";
  }
  return recipe;
}

std::string refuse(const std::string& source, const std::string& incumbent,
                   const History& history = History()) {
  return refuse_change(source, incumbent, described(), history);
}

Json planned(int64_t number, const std::string& source) {
  Json event = Json::object();
  event.set("event", "planned");
  event.set("experiment", number);
  event.set("description", "another rate");
  event.set("base", number - 1);
  event.set("program", program_hash(source));
  return event;
}

Json discarded(int64_t number) {
  Json event = Json::object();
  event.set("event", "ended");
  event.set("experiment", number);
  event.set("status", "discard");
  return event;
}

bool says(const std::string& sentence, const std::string& words) {
  return sentence.find(words) != std::string::npos;
}

TEST(RefuseChange, AnotherProgramIsTaken) { EXPECT_EQ(refuse(recipe("2.0f"), recipe("1.0f")), ""); }

TEST(RefuseChange, ADifferenceInCommentsAndBlanksIsNone) {
  const std::string why = refuse(recipe("1.0f") + "\n// faster!\n", recipe("1.0f"));
  EXPECT_TRUE(says(why, "comments or blanks")) << why;
}

TEST(RefuseChange, AnotherSeedAloneIsNoChange) {
  const std::string why = refuse(recipe("1.0f", "77"), recipe("1.0f"));
  EXPECT_TRUE(says(why, "only the seed changed")) << why;
}

TEST(RefuseChange, AnotherSeedBesideAnotherValueIsAChange) {
  EXPECT_EQ(refuse(recipe("2.0f", "77"), recipe("1.0f")), "");
}

TEST(RefuseChange, ARecipeWithoutASeedIsComparedAsItIs) {
  RecipeDescription seedless = described();
  std::erase_if(seedless.knobs, [](const KnobDescription& knob) { return knob.name == "seed"; });
  EXPECT_EQ(refuse_change(recipe("1.0f", "77"), recipe("1.0f"), seedless, History()), "");
}

TEST(RefuseChange, ARecipeThatLostThePlaceForOverridesIsRefused) {
  const std::string why = refuse("int main() {}\n", recipe("1.0f"));
  EXPECT_TRUE(says(why, "`// overrides begin`")) << why;
}

TEST(RefuseChange, NothingIsTriedTwiceNotEvenWithAnotherSeed) {
  const History history(
      {planned(1, recipe("1.0f")), discarded(1), planned(2, recipe("2.0f")), discarded(2)});
  std::string why = refuse(recipe("2.0f") + "// new", recipe("1.0f"), history);
  EXPECT_TRUE(says(why, "experiment 2 tried this very program (discard: ")) << why;
  EXPECT_TRUE(says(why, "another rate")) << why;
  why = refuse(recipe("2.0f", "77"), recipe("1.0f"), history);
  EXPECT_TRUE(says(why, "experiment 2 tried this very program but for its seed")) << why;
}

TEST(RefuseChange, WhatIsTooLongOrNoTextIsRefused) {
  const std::string good = recipe("1.0f");
  const std::string place = "// overrides begin\n// overrides end\n";
  const auto why = [&](const std::string& text) { return refuse(place + text, good); };
  const size_t most = kLargestRecipe - place.size();
  EXPECT_TRUE(says(why(std::string(most + 1, 'x')), "may have 204800"));
  EXPECT_EQ(why(std::string(most, 'x')), "");
  EXPECT_TRUE(says(why("int a;\nint b = " + std::string(1, '\0')), "line 4"));
  for (const char* bad : {"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\x80"}) {
    EXPECT_TRUE(says(why(bad), "not UTF-8")) << bad;
  }
  EXPECT_EQ(why("// \xc3\xa4 \xe2\x82\xac \xf0\x9f\x90\xa6\nint a;"), "");
}

}  // namespace
}  // namespace tern::loop
