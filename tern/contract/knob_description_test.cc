#include "tern/contract/knob_description.h"

#include <gtest/gtest.h>

#include <functional>

#include "tern/base/error_message_test_util.h"
#include "tern/contract/knob_words.h"

namespace tern {
namespace {

/// A recipe of two knobs: a curve, and a rate that acts with one of its values.
RecipeDescription good() {
  RecipeDescription recipe;
  recipe.knobs = {{.name = "curve",
                   .path = "lr.curve",
                   .type = "std::string",
                   .value = "wsd",
                   .standard = "cosine",
                   .tries = {"cosine", "wsd"},
                   .choices = {{"cosine", "", ""}, {"wsd", "", ""}},
                   .meaning = "how it falls"},
                  {.name = "decay",
                   .path = "lr.decay",
                   .type = "double",
                   .value = "0.3",
                   .standard = "0.3",
                   .tries = {"0.1", "0.3"},
                   .ways = {{{{.knob = "curve", .is = true, .values = {"wsd"}}}}}}};
  return recipe;
}

std::string refusal(const std::function<void(RecipeDescription&)>& change) {
  RecipeDescription recipe = good();
  change(recipe);
  return error_message([&] { RecipeDescription::parse_untrusted(recipe.to_text()); });
}

TEST(RecipeDescription, IsReadAsItWasWritten) {
  const std::string text = good().to_text();
  EXPECT_EQ(RecipeDescription::parse_untrusted(text).to_text(), text);
}

TEST(RecipeDescription, SaysItselfWhichKnobsAct) {
  RecipeDescription recipe = good();
  recipe.knobs[0].value = "cosine";
  recipe.knobs[1].acts = true;  // as a program may claim
  EXPECT_FALSE(RecipeDescription::parse_untrusted(recipe.to_text()).find("decay")->acts);
}

TEST(RecipeDescription, ANeedOfAnIdleKnobIsJudgedByItsStandard) {
  RecipeDescription recipe = good();
  recipe.knobs.push_back({.name = "shape",
                          .path = "lr.shape",
                          .type = "int",
                          .value = "1",
                          .standard = "1",
                          .ways = {{{{.knob = "decay", .is = true, .values = {"0.1"}}}}}});
  recipe.find("decay")->value = "0.1";
  recipe.settle();
  EXPECT_TRUE(recipe.find("shape")->acts);
  recipe.find("curve")->value = "cosine";  // decay's 0.1 has no effect any more
  recipe.settle();
  EXPECT_FALSE(recipe.find("decay")->acts);
  EXPECT_FALSE(recipe.find("shape")->acts);
}

TEST(RecipeDescription, ConditionsThatContradictThemselvesAreSettledToo) {
  RecipeDescription recipe = good();
  recipe.find("decay")->ways = {{{{.knob = "decay", .is = false, .values = {"0.3"}}}}};
  recipe.find("decay")->value = "0.1";
  recipe.settle();
  EXPECT_TRUE(recipe.find("curve")->acts);
}

TEST(KnobDescription, AllowsValuesOfItsTypeAndAmongItsChoices) {
  const RecipeDescription recipe = good();
  EXPECT_TRUE(recipe.find("curve")->allows("wsd"));
  EXPECT_FALSE(recipe.find("curve")->allows("stairs"));
  EXPECT_TRUE(recipe.find("decay")->allows("3e-1"));
  EXPECT_FALSE(recipe.find("decay")->allows("much"));
}

TEST(KnobWords, TellWhatAKnobNeedsAndWhatIsMissing) {
  RecipeDescription recipe = good();
  KnobDescription& decay = *recipe.find("decay");
  decay.ways = {{{{.knob = "curve", .is = true, .values = {"wsd", "stairs"}},
                  {.knob = "warm", .is = true, .values = {"true"}}}},
                {{{.knob = "curve", .is = false, .values = {"wsd"}}}}};
  EXPECT_EQ(needs_in_words(decay), "curve wsd/stairs and warm true, or another curve than wsd");
  EXPECT_EQ(missing_in_words(recipe, decay), "--warm, or another --curve than wsd");
  decay.ways.push_back({{{.knob = "warm", .is = true, .values = {"true"}},
                         {.knob = "deep", .is = true, .values = {"1"}}}});
  EXPECT_EQ(missing_in_words(recipe, decay), "--warm, or another --curve than wsd")
      << "whoever has to give --warm anyway need not hear of more";
}

TEST(RecipeDescription, WhatAnUnreadProgramMayNotPrintIsRefused) {
  using R = RecipeDescription&;
  const std::vector<std::pair<const char*, std::function<void(R)>>> cases = {
      {"of version", [](R r) { r.version = 1; }},
      {"two knobs called", [](R r) { r.knobs[1].name = "curve"; }},
      {"two knobs at", [](R r) { r.knobs[1].path = "lr.curve"; }},
      {"word of letters", [](R r) { r.knobs[0].name = "lr curve"; }},
      {"word of letters", [](R r) { r.knobs[0].name = ""; }},
      {"a path that is none", [](R r) { r.knobs[0].path = "system(\"id\")"; }},
      {"an unknown type", [](R r) { r.knobs[0].type = "char*"; }},
      {"not of its type", [](R r) { r.knobs[1].value = "fast"; }},
      {"not of its type", [](R r) { r.knobs[1].tries = {"nan"}; }},
      {"not of its type", [](R r) { r.knobs[0].value = "a\nb"; }},
      {"no line", [](R r) { r.knobs[0].meaning = "a\x1b[2J"; }},
      {"no line", [](R r) { r.knobs[0].meaning = "a\xC2\x9B"; }},
      {"no line", [](R r) { r.knobs[0].source = std::string(3000, 'x'); }},
      {"not there", [](R r) { r.knobs[1].ways[0].all[0].knob = "curv"; }},
      {"needs or too many",
       [](R r) { r.knobs[1].ways[0].all.resize(9, r.knobs[1].ways[0].all[0]); }},
      {"more values or ways", [](R r) { r.knobs[1].ways.resize(17, r.knobs[1].ways[0]); }},
      {"more values or ways", [](R r) { r.knobs[1].tries.resize(201, "0.1"); }},
  };
  for (const auto& [sentence, change] : cases) {
    EXPECT_NE(refusal(change).find(sentence), std::string::npos)
        << "expected " << sentence << ", found " << refusal(change);
  }
}

TEST(RecipeDescription, WhatIsNoDescriptionOrTooLargeIsRefused) {
  for (const char* text : {"", "[]", "{}", "{\"version\": 1}", "{\"version\": 1, \"knobs\": 3}"}) {
    EXPECT_NE(error_message([&] { RecipeDescription::parse_untrusted(text); }), "") << text;
  }
  const std::string large = good().to_text() + std::string(1 << 20, ' ');
  EXPECT_NE(error_message([&] { RecipeDescription::parse_untrusted(large); }).find("more than"),
            std::string::npos);
}

TEST(SameValue, IsOfNumbersHoweverTheyAreSpelt) {
  EXPECT_TRUE(same_value("3e-4", "0.0003"));
  EXPECT_TRUE(same_value("wsd", "wsd"));
  EXPECT_FALSE(same_value("wsd", "cosine"));
  EXPECT_FALSE(same_value("1", "one"));
}

}  // namespace
}  // namespace tern
