#include "tern/quant/int8_rows.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tern/base/error.h"
#include "tern/quant/int8_rows_ref.h"
#include "tern/quant/quant_test_util.h"

namespace tern {
namespace {

TEST(Int8Rows, StoresExactlyWhatTrainingUsed) {
  const std::vector<float> w = normal_weights(9 * 50, 1);
  std::vector<float> trained(w.size()), stored(w.size());
  fake_quantize_int8_rows(w.data(), 9, 50, trained.data());
  const Int8Rows packed = quantize_int8_rows(w.data(), 9, 50);
  validate_int8_rows(packed, "w");
  unpack_int8_rows(packed, stored.data());
  EXPECT_EQ(stored, trained);
}

TEST(Int8Rows, IsHalfAStepOffAtMost) {
  const std::vector<float> w = normal_weights(200, 2);
  std::vector<float> q(w.size());
  fake_quantize_int8_rows(w.data(), 4, 50, q.data());
  for (int r = 0; r < 4; ++r) {
    float largest = 0;
    for (int i = 50 * r; i < 50 * r + 50; ++i) largest = std::max(largest, std::abs(w[i]));
    // Half a step, and what rounding the scale to float16 takes from the largest weight.
    const float most = largest * (0.5f / 127 + 0x1p-11f);
    for (int i = 50 * r; i < 50 * r + 50; ++i) EXPECT_NEAR(q[i], w[i], most) << i;
  }
}

TEST(Int8Rows, FollowsTheReferenceOnDesignedRows) {
  std::vector<DesignedGroup> rows = designed_groups();
  // A scale of 1 / 8, so that these lie half a code from two codes.
  rows.push_back({"ties at half a code",
                  {15.875f, 0.0625f, -0.0625f, 0.1875f, -0.1875f, 0.3125f, 7.9375f, -15.8125f}});
  for (const auto& [name, row] : rows) {
    std::vector<float> got(row.size());
    fake_quantize_int8_rows(row.data(), 1, std::ssize(row), got.data());
    const std::vector<double> exact(row.begin(), row.end());
    // A code of 8 bits times a scale of 11 is exact in float32.
    EXPECT_EQ(std::vector<double>(got.begin(), got.end()), ref::fake_quantize_int8_row(exact))
        << name;
  }
}

TEST(Int8Rows, ANotANumberShowsInItsWholeRowAndIsRefusedWhereItWouldBeStored) {
  std::vector<float> w = normal_weights(3 * 50, 4), trained(w.size()), stored(w.size());
  w[60] = NAN;
  fake_quantize_int8_rows(w.data(), 3, 50, trained.data());
  const Int8Rows packed = quantize_int8_rows(w.data(), 3, 50);
  unpack_int8_rows(packed, stored.data());
  for (int i = 0; i < 150; ++i) {
    EXPECT_EQ(std::isnan(trained[i]), i / 50 == 1) << i;
    EXPECT_EQ(std::isnan(stored[i]), i / 50 == 1) << i;
  }
  EXPECT_EQ(packed.codes[60], 0);
  EXPECT_THROW(validate_int8_rows(packed, "w"), Error);
}

TEST(Int8Rows, RefusesCodesAndScalesOutOfRange) {
  const std::vector<float> w = normal_weights(20, 3);
  const Int8Rows good = quantize_int8_rows(w.data(), 2, 10);
  Int8Rows code = good, scale = good, size = good;
  code.codes[3] = -128;
  scale.scales[1] = f16(-1.0f);
  size.scales.pop_back();
  EXPECT_NO_THROW(validate_int8_rows(good, "w"));
  EXPECT_THROW(validate_int8_rows(code, "w"), Error);
  EXPECT_THROW(validate_int8_rows(scale, "w"), Error);
  EXPECT_THROW(validate_int8_rows(size, "w"), Error);
}

}  // namespace
}  // namespace tern
