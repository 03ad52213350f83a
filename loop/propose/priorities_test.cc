#include "loop/propose/priorities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/file.h"

namespace tern::loop {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

TEST(Priorities, AreTheNamesInTheNumberedListInOrder) {
  EXPECT_THAT(priorities_of(R"(# Program
`not_this` one.

## What to explore, in this order

See `not_that` either.

1. **Warm-up.** `warmup`, and then
   `schedule`.
2) `lr` together with `warmup`.

And `no_more`.

## What is known
1. `known`
)"),
              ElementsAre("warmup", "schedule", "lr"));
}

TEST(Priorities, AreNoneWithoutSuchAHeading) {
  EXPECT_THAT(priorities_of("# Ideas\n1. `lr`\n"), IsEmpty());
  EXPECT_THAT(priorities_of(""), IsEmpty());
}

TEST(Priorities, OfTheTemplateBeginWithLambda) {
  const auto names = priorities_of(read_file(TERN_SOURCE_DIR "/lab/program.md"));
  ASSERT_FALSE(names.empty());
  EXPECT_EQ(names[0], "lambda_schedule");
  EXPECT_THAT(names, IsSupersetOf({"lambda_warmup", "batch_size", "threshold"}));
}

}  // namespace
}  // namespace tern::loop
