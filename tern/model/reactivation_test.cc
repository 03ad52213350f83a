#include "tern/model/reactivation.h"

#include <gtest/gtest.h>

#include "tern/ops/op_test_util.h"
#include "tern/quant/codes_test_util.h"

namespace tern {
namespace {

double zero_share(const Tensor& codes) {
  const auto all = codes.values<const int8_t>();
  return static_cast<double>(std::ranges::count(all, 0)) / static_cast<double>(all.size());
}

/// One live weight in eight: 87 % zeros.
Tensor mostly_dead() {
  const Tensor w = random_leaf({8, 32}, 1, 0.01);
  for (int64_t i = 0; i < w.size(); i += 8) w.data<float>()[i] = 1;
  return w;
}

TEST(Reactivation, BringsTheShareOfZerosDownToItsLimit) {
  const Grouping grouping{16};
  const Tensor w = mostly_dead();
  EXPECT_GT(zero_share(absmean_codes(w, grouping)), 0.8);
  EXPECT_EQ(reactivate(w, absmean_codes(w, grouping), grouping, 0.5), 8 * 2 * (14 - 8));
  EXPECT_NEAR(zero_share(absmean_codes(w, grouping)), 0.5, 1e-9);
}

TEST(Reactivation, LiftsTheLargestDeadWeightsAndKeepsTheirSigns) {
  const Tensor w = Tensor::from(std::vector<float>{1, -0.1f, 0.02f, 0.01f}, {1, 4});
  EXPECT_EQ(reactivate(w, absmean_codes(w, Grouping{4}), Grouping{4}, 0.5), 1);
  EXPECT_EQ(to_doubles(w), (std::vector<double>{1, -1, 0.02f, 0.01f}));
}

TEST(Reactivation, LeavesALayerBelowItsLimitAlone) {
  const Tensor w = random_leaf({8, 32}, 2);
  const std::vector<double> before = to_doubles(w);
  EXPECT_EQ(reactivate(w, absmean_codes(w, Grouping{16}), Grouping{16}, 0.6), 0);
  EXPECT_EQ(to_doubles(w), before);
}

TEST(Reactivation, LeavesAGroupThatIsDeadAsAWholeAlone) {
  const Tensor w = Tensor::zeros({1, 4});
  EXPECT_EQ(reactivate(w, absmean_codes(w, Grouping{4}), Grouping{4}, 0.5), 0);
}

}  // namespace
}  // namespace tern
