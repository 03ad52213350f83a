#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loop/decide/policies.h"
#include "loop/decide/sides_test_util.h"

namespace tern::loop {
namespace {

TEST(GreedyPolicy, KeepsAnyLowerPerplexityAfterOneRun) {
  Sides sides;
  sides.add_pair(1, 0.0001);
  const Step step = policies().at("greedy")(3)->next(sides.comparison());
  EXPECT_EQ(step.kind, Step::Kind::kKeep);
  EXPECT_NEAR(*step.gain, 0.0001, 1e-12);
  EXPECT_EQ(step.reason, "perplexity 0.01 % lower (0.0 sigma) in one run with seed 1");
}

}  // namespace
}  // namespace tern::loop
