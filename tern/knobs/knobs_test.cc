#include "tern/knobs/knobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/error.h"

namespace tern {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Rule = int (*)(int);
Registry<Rule>& rules() {
  static Registry<Rule> registry("speed_rule");
  return registry;
}
const Register<Rule> twice(
    rules(), "twice", [](int x) { return 2 * x; }, "two times x", "a paper");
const Register<Rule> same(
    rules(), "same", [](int x) { return x; }, "x", "");

struct Speed {
  std::string rule = "same";
  float rate = 0.5f;
  bool wake = false;
  double above = 0.4;
  double warmup = 0.1;

  void describe(Knobs& knobs) {
    knobs.add(TERN_KNOB(rule), {.meaning = "how x moves", .choices = rules().choices()});
    knobs.add(TERN_KNOB(rate), {.meaning = "how fast",
                                .tries = "5e-1 1e-3",
                                .source = "a book",
                                .acts = is(rules(), "twice") || is_not(wake, false)});
    knobs.add(TERN_KNOB(wake), {.name = "wake"});
    knobs.add(TERN_KNOB(above), {.name = "wake_above", .acts = is(wake, true)});
    knobs.add(TERN_KNOB(warmup), {.length = RunLength::kMustEnd});
  }
  void check() const { tern::check(rate > 0, "--speed-rate must be above 0, found {}", rate); }
};

struct Recipe {
  Speed speed;
  int64_t steps = 5;
  void describe(Knobs& knobs) {
    TERN_KNOB_GROUPS(knobs, speed);
    knobs.add(TERN_KNOB(steps), {.meaning = "how many", .tries = "1 5"});
  }
};

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

TEST(Knobs, AKnobTellsNameMemberTypeValuesMeaningAndSource) {
  Recipe recipe;
  const Knobs knobs = knobs_of(recipe);
  recipe.speed.rate = 0.001f;
  const KnobDescription rate = *knobs.description().find("speed_rate");
  EXPECT_EQ(rate.path, "speed.rate");
  EXPECT_EQ(rate.type, "float");
  EXPECT_EQ(rate.standard, "5e-1");
  EXPECT_EQ(rate.value, "1e-3");
  EXPECT_THAT(rate.tries, ElementsAre("5e-1", "1e-3"));
  EXPECT_EQ(rate.meaning, "how fast");
  EXPECT_EQ(rate.source, "a book");
}

TEST(Knobs, TheValuesOfARegistryAreTheOnlyOnesAndWorthTrying) {
  Recipe recipe;
  const Knobs knobs = knobs_of(recipe);
  const KnobDescription rule = *knobs.description().find("speed_rule");
  EXPECT_THAT(rule.tries, ElementsAre("same", "twice"));
  EXPECT_EQ(rule.choices[1].source, "a paper");
  recipe.speed.rule = "thrice";
  EXPECT_EQ(error_of([&] { knobs.check(); }),
            "--speed-rule must be one of same, twice; found thrice");
}

TEST(Knobs, AKnobActsWhereOneOfItsConditionsHolds) {
  Recipe recipe;
  const Knobs knobs = knobs_of(recipe);
  EXPECT_FALSE(knobs.description().find("speed_rate")->acts);
  recipe.speed.rule = "twice";
  EXPECT_TRUE(knobs.description().find("speed_rate")->acts);
  recipe.speed = {.wake = true};
  EXPECT_TRUE(knobs.description().find("speed_rate")->acts);
}

TEST(Knobs, AValueWithoutEffectIsRefusedUnlessItStoodThereBefore) {
  Recipe recipe;
  const Knobs knobs = knobs_of(recipe);
  const RecipeDescription before = knobs.description();
  recipe.speed.rate = 0.001f;
  EXPECT_EQ(error_of([&] { check_effects(knobs.description(), before); }),
            "--speed-rate 1e-3 has no effect here: it needs --speed-rule twice, or another --wake "
            "than false");
  EXPECT_NO_THROW(check_effects(knobs.description(), knobs.description()));
  recipe.speed = {.above = 0.9};
  EXPECT_THAT(error_of([&] { check_effects(knobs.description(), before); }),
              HasSubstr("it needs --wake"));
  recipe.speed.wake = true;
  EXPECT_NO_THROW(check_effects(knobs.description(), before));
}

TEST(Knobs, AGroupChecksItself) {
  Recipe recipe;
  const Knobs knobs = knobs_of(recipe);
  EXPECT_NO_THROW(knobs.check());
  recipe.speed.rate = -1;
  EXPECT_THAT(error_of([&] { knobs.check(); }), HasSubstr("must be above 0, found -1"));
}

TEST(Knobs, EachIsAFlagWhoseHelpTellsItsValues) {
  Recipe recipe;
  const Knobs knobs = knobs_of(recipe);
  Flags flags("test", "");
  knobs.add_flags(flags);
  ASSERT_TRUE(flags.parse({"--speed-rate", "2", "--wake", "--steps=7", "--speed-rule", "twice"}));
  EXPECT_EQ(recipe.speed.rate, 2);
  EXPECT_TRUE(recipe.speed.wake);
  EXPECT_EQ(recipe.steps, 7);
  EXPECT_THAT(flags.help(), HasSubstr("how x moves; one of same twice"));
}

TEST(Knobs, OnlyLengthsInStepsOfKnobsThatActCount) {
  Recipe recipe;
  const Knobs knobs = knobs_of(recipe);
  EXPECT_TRUE(knobs.lengths().empty());
  recipe.speed.warmup = 200;
  ASSERT_EQ(knobs.lengths().size(), 1u);
  EXPECT_EQ(knobs.lengths()[0].knob, "speed_warmup");
  EXPECT_TRUE(knobs.lengths()[0].must_end);
}

TEST(Knobs, WhatTheyPrintIsReadBackAsItIs) {
  Recipe recipe;
  const std::string text = knobs_of(recipe).description().to_text();
  EXPECT_EQ(RecipeDescription::parse_untrusted(text).to_text(), text);
}

/// A recipe whose one knob has a condition.
struct Conditional {
  int mode = 1;
  int depth = 2;
  Condition acts;
  void describe(Knobs& knobs) {
    knobs.add(TERN_KNOB(mode), {});
    knobs.add(TERN_KNOB(depth), {.acts = acts});
  }
};

TEST(Knobs, AMisspeltNameInAConditionIsAnErrorAtTheStart) {
  Conditional recipe{.acts = is(named("moed"), 1)};
  EXPECT_EQ(error_of([&] { knobs_of(recipe); }),
            "the condition of depth names moed, which is no knob");
  recipe.acts = is(named("mode"), "one");
  EXPECT_THAT(error_of([&] { knobs_of(recipe); }), HasSubstr("the value one of mode"));
  const int elsewhere = 0;
  recipe.acts = is(elsewhere, 1);
  EXPECT_THAT(error_of([&] { knobs_of(recipe); }), HasSubstr("a variable, which is no knob"));
}

TEST(Knobs, AConditionOnAKnobThatTheRecipeLeftOutHolds) {
  Conditional recipe{.acts = is(rules(), "twice")};
  EXPECT_TRUE(knobs_of(recipe).description().find("depth")->acts);
}

TEST(Knobs, AWayThroughAKnobThatWasLeftOutGivesWayToOthers) {
  Conditional recipe;
  recipe.acts = is(rules(), "twice") || is(recipe.mode, 2);
  EXPECT_FALSE(knobs_of(recipe).description().find("depth")->acts);
  recipe.acts = is_not(rules(), "twice") && is(recipe.mode, 2);
  EXPECT_FALSE(knobs_of(recipe).description().find("depth")->acts);
  recipe.acts = is_not(rules(), "twice") || is(recipe.mode, 2);
  EXPECT_TRUE(knobs_of(recipe).description().find("depth")->acts);
}

/// A recipe that checks its values together.
struct Checked : Conditional {
  void check() const { tern::check(mode <= depth, "the mode must not be above the depth"); }
};

TEST(Knobs, ARecipeChecksItsValuesTogether) {
  Checked recipe;
  const Knobs knobs = knobs_of(recipe);
  EXPECT_NO_THROW(knobs.check());
  recipe.mode = 3;
  EXPECT_EQ(error_of([&] { knobs.check(); }), "the mode must not be above the depth");
}

TEST(Knobs, NeedsThatHoldTogetherAreOneWay) {
  Conditional recipe;
  recipe.acts = (is(recipe.mode, 2) || is(recipe.mode, 3)) && is_not(recipe.mode, 3);
  const auto knob = *knobs_of(recipe).description().find("depth");
  ASSERT_EQ(knob.ways.size(), 2u);
  EXPECT_EQ(knob.ways[0].all.size(), 2u);
}

TEST(Knobs, NeedsOfOneKnobAreOneAndAWayThatIsNeverOpenIsLeftOut) {
  Conditional recipe;
  recipe.acts =
      (is(recipe.mode, 2) && is(recipe.mode, 2)) || (is(recipe.mode, 2) && is(recipe.mode, 3));
  const auto knob = *knobs_of(recipe).description().find("depth");
  ASSERT_EQ(knob.ways.size(), 1u);
  EXPECT_EQ(knob.ways[0].all, (std::vector<KnobNeed>{{"mode", true, {"2"}}}));
  recipe.acts = is(recipe.mode, 2) && is(recipe.mode, 3);
  EXPECT_THAT(error_of([&] { knobs_of(recipe); }), HasSubstr("can never hold"));
}

struct Twins {
  int a = 0, b = 0;
  void describe(Knobs& knobs) {
    knobs.add(TERN_KNOB(a), {.name = "same"});
    knobs.add(TERN_KNOB(b), {.name = "same"});
  }
};

TEST(Knobs, TwoOfOneNameAreRefused) {
  Twins twins;
  EXPECT_THAT(error_of([&] { knobs_of(twins); }), HasSubstr("two knobs of the recipe are called"));
}

}  // namespace
}  // namespace tern
