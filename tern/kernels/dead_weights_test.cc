#include "tern/kernels/dead_weights.h"

#include <gtest/gtest.h>

#include <vector>

#include "tern/kernels/dead_weights_ref.h"

namespace tern::kernels {
namespace dead_weights_test {

// 37 columns: two full vectors and a short tail.
constexpr int64_t kRows = 3, kCols = 37;

struct Weights {
  std::vector<float> w;
  std::vector<int8_t> codes;

  Weights() {
    for (int64_t i = 0; i < kRows * kCols; ++i) {
      w.push_back(0.25f * static_cast<float>(i % 11) - 1);
      codes.push_back(i < kCols ? 0 : static_cast<int8_t>(i % 3 - 1));  // the first row is all dead
    }
  }
  Matrix<const float> weights() const { return {w.data(), kRows, kCols}; }
  Matrix<const int8_t> code_matrix() const { return {codes.data(), kRows, kCols}; }
};

TEST(DeadWeights, AreSummedByRow) {
  const Weights x;
  std::vector<float> sums(kRows);
  dead_sums_fwd(x.weights(), x.code_matrix(), sums.data());
  for (int64_t o = 0; o < kRows; ++o) {
    // The numbers are multiples of 1/4, so sums in any order are exact.
    EXPECT_EQ(sums[o], ref::dead_sum_fwd(&x.w[o * kCols], &x.codes[o * kCols], kCols)) << o;
  }
}

TEST(DeadWeights, OnlyTheyTakePartInTheGradientOfTheirSum) {
  const Weights x;
  const std::vector<float> dsums = {0.5f, -1, 2};
  std::vector<float> dw(kRows * kCols, 1), expected = dw;
  dead_sums_bwd(dsums.data(), x.code_matrix(), {dw.data(), kRows, kCols});
  for (int64_t o = 0; o < kRows; ++o) {
    ref::dead_sum_bwd(dsums[o], &x.codes[o * kCols], kCols, &expected[o * kCols]);
  }
  EXPECT_EQ(dw, expected);
}

TEST(DeadWeights, TheirGradientIsMultipliedAndThatOfLiveOnesIsNot) {
  const Weights x;
  std::vector<float> dw = x.w;
  scale_dead(x.code_matrix(), 3, {dw.data(), kRows, kCols});
  for (size_t i = 0; i < dw.size(); ++i) {
    EXPECT_EQ(dw[i], x.w[i] * (x.codes[i] == 0 ? 3 : 1)) << i;
  }
}

}  // namespace dead_weights_test
}  // namespace tern::kernels
