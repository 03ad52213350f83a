#include "tern/knobs/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/error_message_test_util.h"

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

TEST(Registry, FindsAnImplementationByTheValueOfItsKnob) { EXPECT_EQ(rules().at("twice")(4), 8); }

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
  registry.add(
      "twice", [](int x) { return 2 * x; }, "", "");
  registry.add(
      "same", [](int x) { return x; }, "", "");
  registry.add(
      "twice", [](int x) { return x + x; }, "", "");
  const std::string why =
      "--test-rule: expected one implementation of each value, found two of \"twice\"; rename one";
  EXPECT_EQ(error_message([&] { registry.at("same"); }), why);
  EXPECT_EQ(error_message([&] { registry.values(); }), why);
}

TEST(Registry, WhatIsRegisteredIsListedWithItsMeaning) {
  std::vector<std::string> values;
  for (const KnobChoice& choice : rules().choices()) {
    values.push_back(choice.value + "=" + choice.meaning);
  }
  EXPECT_THAT(values, testing::ElementsAre("same=x", "twice=two times x"));
}

}  // namespace
}  // namespace tern
