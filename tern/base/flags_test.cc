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
}

TEST(Flags, AnOptionalHasAValueOnceItsFlagWasGiven) {
  Flags flags("tern x", "");
  std::optional<int64_t> steps, layer;
  std::optional<std::string> text, other;
  std::optional<bool> quick, slow;
  flags.add("steps", steps, "");
  flags.add("layer", layer, "");
  flags.add("text", text, "");
  flags.add("other", other, "");
  flags.add("quick", quick, "");
  flags.add("slow", slow, "");
  EXPECT_TRUE(flags.parse({"--steps", "0", "--text", "", "--no-quick"}));
  EXPECT_EQ(steps, 0);
  EXPECT_EQ(text, "");
  EXPECT_EQ(quick, false);
  EXPECT_FALSE(layer || other || slow);
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

/// What a flag or argument of this type says of a value.
template <class T>
std::string refusal_of(const std::string& value) {
  Flags flags("tern x", "");
  T variable{};
  flags.add("size", variable, "");
  return error_message([&] { EXPECT_TRUE(flags.parse({"--size=" + value})); });
}

TEST(Flags, AValueThatIsNoneIsToldWithFlagAndExpectation) {
  EXPECT_EQ(refusal_of<int>("ab"), "--size: expected a whole number, found \"ab\"");
  EXPECT_EQ(refusal_of<int64_t>("1.5"), "--size: expected a whole number, found \"1.5\"");
  EXPECT_EQ(refusal_of<uint64_t>("1e3"), "--size: expected a whole number, found \"1e3\"");
  EXPECT_EQ(refusal_of<float>("abc"), "--size: expected a number, found \"abc\"");
  EXPECT_EQ(refusal_of<double>("1,5"), "--size: expected a number, found \"1,5\"");
  EXPECT_EQ(refusal_of<double>("nan"), "--size: expected a number, found \"nan\"");
  EXPECT_EQ(refusal_of<bool>("maybe"), "--size: expected true or false, found \"maybe\"");
}

TEST(Flags, ANumberThatDoesNotFitIsRefusedByTheLimitThatItPasses) {
  EXPECT_EQ(refusal_of<int>("3000000000"),
            "--size: expected a whole number of at most 2147483647, found \"3000000000\"");
  EXPECT_EQ(refusal_of<int>("-3000000000"),
            "--size: expected a whole number of -2147483648 or more, found \"-3000000000\"");
  EXPECT_EQ(refusal_of<int64_t>("99999999999999999999"),
            "--size: expected a whole number of at most 9223372036854775807, found "
            "\"99999999999999999999\"");
  EXPECT_EQ(refusal_of<uint64_t>("-1"),
            "--size: expected a whole number of 0 or more, found \"-1\"");
  EXPECT_EQ(refusal_of<float>("1e39"),
            "--size: expected a number of size 1.2e-38 to 3.4e+38, found \"1e39\"");
  EXPECT_EQ(refusal_of<double>("-1e999"),
            "--size: expected a number of size 2.2e-308 to 1.8e+308, found \"-1e999\"");
}

TEST(Flags, WhatIsMissingIsNamedWithWhatBelongsThere) {
  Flags flags("tern x", "");
  double lr = 1;
  int64_t number = 0;
  flags.add("lr", lr, "");
  flags.add_positional("N", number, "the experiment's number");
  const auto refusal = [&](const std::vector<std::string>& arguments) {
    return error_message([&] { EXPECT_TRUE(flags.parse(arguments)); });
  };
  EXPECT_EQ(refusal({"3", "--lr"}), "--lr: expected a number, found nothing");
  EXPECT_EQ(refusal({}), "expected N (the experiment's number), found nothing");
  EXPECT_EQ(refusal({"x"}), "N: expected a whole number, found \"x\"");
  EXPECT_EQ(refusal({"--lrr"}), "unknown flag \"--lrr\"; did you mean --lr?")
      << "a flag that does not exist goes before an argument that is not there";
}

TEST(Flags, AnArgumentThatNothingTakesIsNotCalledAFlag) {
  Flags flags("tern x", "");
  const auto refusal = [&](const std::string& argument) {
    return error_message([&] { EXPECT_TRUE(flags.parse({argument})); });
  };
  EXPECT_EQ(refusal("file"), "unexpected argument \"file\"; --help says what this command takes");
  EXPECT_EQ(refusal("-1"), "unexpected argument \"-1\"; --help says what this command takes");
  EXPECT_EQ(refusal("-x"), "unknown flag \"-x\"; --help lists the flags");
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
  EXPECT_NE(flags.help().find("do not score the result"), std::string::npos);
  EXPECT_EQ(flags.help().find("--no-resume"), std::string::npos);
  EXPECT_EQ(flags.names(), (std::vector<std::string>{"--help", "--no-score", "--resume"}));
  EXPECT_TRUE(flags.parse({"--no-score", "--resume"}));
  EXPECT_FALSE(score);
  EXPECT_TRUE(resume);
}

TEST(Flags, AHiddenFlagIsTakenButNotInTheHelp) {
  Flags flags("tern x", "");
  std::string folder;
  bool rows = true, quick = false;
  flags.add("run_dir", folder, "where the run writes");
  flags.add("rows", rows, "write rows");
  flags.add("quick", quick, "");
  flags.hide("run_dir");
  flags.hide("rows");
  EXPECT_EQ(flags.names(), (std::vector<std::string>{"--help", "--quick"}));
  EXPECT_EQ(flags.help().find("--run-dir"), std::string::npos) << flags.help();
  EXPECT_EQ(flags.help().find("rows"), std::string::npos) << flags.help();
  EXPECT_TRUE(flags.parse({"--run-dir", "here", "--no-rows"}));
  EXPECT_EQ(folder, "here");
  EXPECT_FALSE(rows);
  EXPECT_EQ(error_message([&] { flags.hide("run_dri"); }),
            "tern x: there is no flag --run-dri to hide");
}

TEST(Flags, OfABoolsTwoFormsTheLastOneGivenCounts) {
  const auto parsed = [](bool start, const std::vector<std::string>& arguments) {
    Flags flags("tern x", "");
    bool quick = start;
    flags.add("quick", quick, "");
    EXPECT_TRUE(flags.parse(arguments));
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
