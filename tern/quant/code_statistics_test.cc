#include "tern/quant/code_statistics.h"

#include <gtest/gtest.h>

#include "tern/base/error.h"
#include "tern/quant/absmax.h"

namespace tern {
namespace {

/// One row in groups of four that holds these weights, all 0 or plus or minus their group's scale.
PackedTernary packed(const std::vector<float>& w) {
  return quantize_and_pack(w.data(), 1, static_cast<int64_t>(w.size()), Grouping{4}, Absmax{});
}

const PackedTernary start = packed({1, 0, -1, 0, 1, -1});

TEST(CodeStatistics, FlipRateIsTheShareOfChangedCodes) {
  EXPECT_EQ(flip_rate(start, start), 0);
  EXPECT_DOUBLE_EQ(flip_rate(start, packed({1, 1, -1, 0, -1, -1})), 2.0 / 6);
}

TEST(CodeStatistics, ScaleRatioComparesMeanScales) {
  EXPECT_DOUBLE_EQ(scale_ratio(start, packed({3, 0, -3, 0, 1, -1})), 2);
  EXPECT_DOUBLE_EQ(scale_ratio(packed({0, 0}), packed({1, 1})), 1);
}

TEST(CodeStatistics, SignAgreementLooksAtWeightsThatAreZeroInNeither) {
  EXPECT_EQ(sign_agreement(start, start), 1);
  // Both nonzero: the third, fifth and sixth; the fifth has changed its sign.
  EXPECT_DOUBLE_EQ(sign_agreement(start, packed({0, 1, -1, 0, -1, -1})), 2.0 / 3);
  EXPECT_EQ(sign_agreement(start, packed({0, 1, 0, 0, 0, 0})), 1);
}

TEST(CodeStatistics, RefusesMatricesOfDifferentShapes) {
  EXPECT_THROW(flip_rate(start, packed({1, 0})), Error);
}

}  // namespace
}  // namespace tern
