#include "loop/boundary/conditions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tern::loop {
namespace {

TEST(Conditions, WhatChangedIsNamed) {
  const Conditions before = {"5 s", "data", "tern", "one processor"};
  Conditions now = before;
  EXPECT_EQ(changes(before, now), "");
  now.budget = "10 s";
  EXPECT_EQ(changes(before, now), "the budget changed (10 s, before 5 s)");
  now.machine = "two processors";
  EXPECT_EQ(changes(before, now),
            "the budget changed (10 s, before 5 s), the machine is another one (two processors, "
            "before one processor)");
}

TEST(Conditions, TheMachineIsNamedByItsProcessors) {
  EXPECT_THAT(this_machine(), testing::ContainsRegex("[0-9]+ processor"));
}

}  // namespace
}  // namespace tern::loop
