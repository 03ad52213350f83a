#include "tern/base/flags.h"

#include <gtest/gtest.h>

#include "tern/base/fields.h"

#include "tern/base/error_message_test_util.h"

namespace tern {
namespace {

TEST(Flags, SetsTypedVariablesAndLeavesDefaultsAlone) {
  Flags flags("tern x", "");
  double lr = 1;
  int64_t steps = 7;
  bool quick = true;
  flags.add("lr", lr, "");
  flags.add("eval_every", steps, "");
  flags.add("quick", quick, "");
  EXPECT_TRUE(flags.parse({"--lr", "1e-4", "--no-quick"}));
  EXPECT_EQ(lr, 1e-4);
  EXPECT_EQ(steps, 7);
  EXPECT_FALSE(quick);
  EXPECT_TRUE(flags.given("lr"));
  EXPECT_FALSE(flags.given("eval_every"));
}

TEST(Flags, AnUnknownFlagNamesTheNearestOne) {
  Flags flags("tern x", "");
  int64_t steps = 7;
  flags.add("eval_every", steps, "");
  EXPECT_EQ(error_message([&] {
              EXPECT_TRUE(flags.parse({"--eval-evry", "3"}));
            }),
            "unknown flag \"--eval-evry\"; did you mean --eval-every?");
}

TEST(Flags, AValueOfTheWrongTypeIsRefused) {
  Flags flags("tern x", "");
  int64_t steps = 7;
  flags.add("steps", steps, "");
  EXPECT_NE(error_message([&] { EXPECT_TRUE(flags.parse({"--steps", "many"})); }), "no error");
}

TEST(Flags, ANumberThatDoesNotFitIsRefusedAndNotBent) {
  Flags flags("tern x", "");
  int64_t steps = 7;
  uint64_t seed = 1;
  flags.add("steps", steps, "");
  flags.add("seed", seed, "");
  EXPECT_NE(error_message([&] {
              EXPECT_TRUE(flags.parse({"--steps", "99999999999999999999"}));
            }),
            "no error");
  EXPECT_NE(error_message([&] { EXPECT_TRUE(flags.parse({"--seed", "-1"})); }), "no error");
}

TEST(Flags, HelpShowsNameDefaultAndMeaning) {
  Flags flags("tern x", "");
  int64_t steps = 7;
  flags.add("steps", steps, "steps to train");
  EXPECT_FALSE(flags.parse({"--help"}));
  EXPECT_NE(flags.help().find("--steps"), std::string::npos);
  EXPECT_NE(flags.help().find("steps to train"), std::string::npos);
  EXPECT_NE(flags.help().find("7"), std::string::npos);
}

struct Options {
  int64_t steps = 5;
  std::string name = "a";
  float rate = 0.5f;

  TERN_FIELDS(steps, name, rate)
};

TEST(Flags, AStructListsItsFieldsOnce) {
  Options options;
  Flags flags("tern x", "");
  options.fields([&](std::string_view name, auto& value) { flags.add(name, value, ""); });
  EXPECT_TRUE(flags.parse({"--name", "b", "--rate", "2"}));
  EXPECT_EQ(options.name, "b");
  EXPECT_EQ(options.rate, 2);
  EXPECT_EQ(options.steps, 5);
}

TEST(Flags, HelpShowsTheFormOfABoolThatChangesItsDefault) {
  Flags flags("tern x", "");
  bool score = true, resume = false;
  flags.add("score", score, "score the result");
  flags.add("resume", resume, "go on");
  EXPECT_NE(flags.help().find("--no-score"), std::string::npos);
  EXPECT_EQ(flags.help().find("--no-resume"), std::string::npos);
  EXPECT_TRUE(flags.parse({"--no-score", "--resume"}));
  EXPECT_FALSE(score);
  EXPECT_TRUE(resume);
  EXPECT_TRUE(flags.given("score"));
}

TEST(Flags, OfABoolsTwoFormsTheLastOneGivenCounts) {
  const auto parsed = [](bool start, const std::vector<std::string>& arguments) {
    Flags flags("tern x", "");
    bool quick = start;
    flags.add("quick", quick, "");
    EXPECT_TRUE(flags.parse(arguments));
    EXPECT_TRUE(flags.given("quick"));
    return quick;
  };
  for (const bool start : {false, true}) {
    EXPECT_TRUE(parsed(start, {"--no-quick", "--quick"}));
    EXPECT_FALSE(parsed(start, {"--quick", "--no-quick"}));
    EXPECT_TRUE(parsed(start, {"--quick", "--no-quick", "--quick"}));
    EXPECT_FALSE(parsed(start, {"--no-quick", "--quick", "--no-quick"}));
    EXPECT_FALSE(parsed(start, {"--quick=false"}));
    EXPECT_TRUE(parsed(start, {"--no-quick=false"}));
  }
}

TEST(Flags, ASecondFlagOfOneNameIsRefusedByName) {
  Flags flags("tern x", "");
  bool quick = false;
  int64_t steps = 7;
  flags.add("quick", quick, "");
  const auto refusal = [&](const char* name) {
    return error_message([&] { flags.add(name, steps, ""); });
  };
  EXPECT_EQ(
      refusal("quick"),
      "tern x: expected flags of different names, found --quick twice; rename one of the two");
  EXPECT_NE(refusal("no_quick").find("--no-quick twice"), std::string::npos);
  EXPECT_NE(refusal("help").find("--help twice"), std::string::npos);
}

TEST(Flags, NumbersOutOfRangeAreRefusedByFlagAndValue) {
  EXPECT_NO_THROW(require_not_negative({{"steps", 0}, {"lr_end", 0.5f}}));
  EXPECT_NO_THROW(require_positive({{"lr_end", 0.5f}}));
  EXPECT_THROW(require_positive({{"lr_end", 0}}), Error);
  EXPECT_THROW(require_not_negative({{"lr_end", std::nan("")}}), Error);
  try {
    require_not_negative({{"steps", 1}, {"lr_end", -2}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "--lr-end must be 0 or more, found -2");
  }
}

TEST(NameHint, NamesTheNearestOneOrAll) {
  EXPECT_EQ(name_hint("tequilla", {"hestia", "tequila"}), "did you mean tequila?");
  EXPECT_EQ(name_hint("x", {"hestia", "tequila"}), "choose one of hestia, tequila");
}

}  // namespace
}  // namespace tern
