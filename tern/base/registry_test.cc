#include "tern/base/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/error_message.h"

namespace tern {
namespace {

using Rule = int (*)(int);

Registry<Rule>& rules() {
  static Registry<Rule> registry("test_rule");
  return registry;
}

const Register<Rule> twice(
    rules(), "twice", [](int x) { return 2 * x; }, "two times x", "a paper");
const Register<Rule> same(
    rules(), "same", [](int x) { return x; }, "x", "");
const RegisterArm field({"test_rule", "", "what becomes of x", ""});

TEST(Registry, FindsAnImplementationByTheValueOfItsField) { EXPECT_EQ(rules().at("twice")(4), 8); }

TEST(Registry, AnUnknownValueIsAnErrorThatListsTheKnownOnes) {
  try {
    rules().at("thrice");
    FAIL() << "no error";
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(), "--test-rule must be one of same, twice; found thrice");
  }
}

TEST(Registry, ASecondImplementationOfOneValueIsAnErrorThatNamesIt) {
  Registry<Rule> registry("test_rule");
  registry.add("twice", [](int x) { return 2 * x; });
  registry.add("same", [](int x) { return x; });
  registry.add("twice", [](int x) { return x + x; });
  const std::string why =
      "--test-rule: expected one implementation of each value, found two of \"twice\"; rename one";
  EXPECT_EQ(error_message([&] { registry.at("same"); }), why);
  EXPECT_EQ(error_message([&] { registry.values(); }), why);
}

TEST(Registry, WhatIsRegisteredIsListedAsAnArm) {
  EXPECT_EQ(meaning_of_field("test_rule"), "what becomes of x");
  std::vector<std::string> values;
  for (const Arm& arm : arms()) {
    if (arm.field == "test_rule") values.push_back(arm.value + "=" + arm.meaning);
  }
  EXPECT_THAT(values, testing::ElementsAre("=what becomes of x", "same=x", "twice=two times x"));
}

const RegisterArm rate({"test_rate", "", "how fast", "", "test_rule: twice thrice | test_on: !0"});

TEST(Effects, AFieldThatNothingLetsActIsRefusedUnlessItIsLeftAlone) {
  const FieldValues defaults = {{"test_rate", "1"}, {"test_rule", "same"}, {"test_on", "0"}};
  FieldValues values = defaults;
  EXPECT_NO_THROW(check_effects(values, defaults));
  values["test_rate"] = "2";
  try {
    check_effects(values, defaults);
    FAIL() << "no error";
  } catch (const Error& e) {
    EXPECT_STREQ(
        e.what(),
        "--test-rate 2 has no effect here: it needs --test-rule twice or thrice, or another "
        "--test-on than 0");
  }
  values["test_rule"] = "twice";
  EXPECT_NO_THROW(check_effects(values, defaults));
  values["test_rule"] = "same";
  values["test_on"] = "1";
  EXPECT_NO_THROW(check_effects(values, defaults));
}

const RegisterArm limit({"test_limit", "", "how far", "",
                         "test_rule: same & test_on: 0 | test_start: rule"});

TEST(Effects, SeveralConditionsOfOneAlternativeAllHaveToHold) {
  const FieldValues defaults = {
      {"test_limit", "1"}, {"test_rule", "same"}, {"test_on", "0"}, {"test_start", "none"}};
  FieldValues values = defaults;
  values["test_limit"] = "2";
  EXPECT_NO_THROW(check_effects(values, defaults));
  values["test_on"] = "1";
  try {
    check_effects(values, defaults);
    FAIL() << "no error";
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(),
                 "--test-limit 2 has no effect here: it needs --test-on 0, or --test-start rule");
  }
  values["test_rule"] = "twice";
  EXPECT_THROW(check_effects(values, defaults), Error);
  values["test_start"] = "rule";
  EXPECT_NO_THROW(check_effects(values, defaults));
}

const RegisterArm above({"test_above", "", "from where", "", "test_wake: true"});

TEST(Effects, AFieldThatNeedsASwitchAsksForItsFlag) {
  try {
    check_effects({{"test_above", "2"}, {"test_wake", "false"}},
                  {{"test_above", "1"}, {"test_wake", "false"}});
    FAIL() << "no error";
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(), "--test-above 2 has no effect here: it needs --test-wake");
  }
}

}  // namespace
}  // namespace tern
