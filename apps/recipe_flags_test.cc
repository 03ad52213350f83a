#include "apps/recipe_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/error_message_test_util.h"

namespace tern {
namespace {

using ::testing::ElementsAre;

const BudgetConfig kTokens = {.seconds = 60, .tokens = 500};

TEST(RecipeFlags, BeginWithTheLabsBudget) {
  std::vector<std::string> all = kTokens.flags();
  all.insert(all.end(), {"--lr", "1"});
  EXPECT_EQ(with_budget(kTokens, {"--lr", "1"}), all);
}

TEST(RecipeFlags, OfAPersonsLengthNothingElseStays) {
  EXPECT_THAT(with_budget(kTokens, {"--time-budget", "5"}),
              ElementsAre("--steps", "0", "--tokens", "0", "--time-budget", "5"));
  EXPECT_THAT(with_budget(kTokens, {"--steps=5"}),
              ElementsAre("--steps", "0", "--tokens", "0", "--steps=5"));
}

TEST(RecipeFlags, MoreOfThemGoBehind) {
  EXPECT_THAT(with_more({"--steps", "9", "--lr", "1"}, {"--lr", "2"}),
              ElementsAre("--steps", "9", "--lr", "1", "--lr", "2"));
  EXPECT_THAT(with_more({"--steps", "9"}, {"--tokens", "64"}),
              ElementsAre("--steps", "9", "--steps", "0", "--tokens", "0", "--tokens", "64"));
}

TEST(RecipeFlags, OfTernTrainItselfAreRefusedByName) {
  for (const std::string flag : {"--run-dir", "--describe"}) {
    for (const std::string& form : {flag, flag + "=x"}) {
      EXPECT_EQ(error_message([&] {
                  refuse_harness_flags({"--lr", "1", form});
                }),
                flag + " is set by `tern train` itself; leave it out");
    }
  }
  EXPECT_NO_THROW(refuse_harness_flags({"--lr", "1", "--threads", "1", "--no-recompute"}));
}

TEST(ChangedValues, AreThoseThatAreOtherNumbersOrWords) {
  const RecipeDescription before = {.knobs = {{.name = "lr", .value = "0.001"},
                                              {.name = "lr_end", .value = "0"},
                                              {.name = "layers", .value = "all"}}};
  RecipeDescription now = before;
  now.find("lr")->value = "1e-3";
  EXPECT_EQ(changed_values(before, now), "");
  now.find("lr_end")->value = "0.1";
  now.find("layers")->value = "inner";
  EXPECT_EQ(changed_values(before, now), "--lr-end 0.1 (before: 0), --layers inner (before: all)");
}

}  // namespace
}  // namespace tern
