#include <gtest/gtest.h>

#include "tern/ops/distillations.h"

namespace tern {
namespace {

TEST(DistillKl, EveryTokenHasOneDivergenceOneWayOrTheOther) {
  const std::vector<int32_t> targets = {1, -1, 2};
  std::vector<DivergenceWeights> weights(3);
  distillations().at("forward-kl")({}, targets, weights);
  EXPECT_EQ(weights[2].forward, 1);
  EXPECT_EQ(weights[2].reverse, 0);
  distillations().at("reverse-kl")({}, targets, weights);
  EXPECT_EQ(weights[0].forward, 0);
  EXPECT_EQ(weights[0].reverse, 1);
}

TEST(DistillKl, NoneIsNoDivergence) { EXPECT_EQ(distillations().at("none"), nullptr); }

}  // namespace
}  // namespace tern
