#include "tern/quant/int8_rows.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tern/base/error.h"
#include "tern/base/rng.h"

namespace tern {
namespace {

std::vector<float> normal(int64_t n, uint64_t seed) {
  Rng rng(seed);
  std::vector<float> out(static_cast<size_t>(n));
  for (float& w : out) w = static_cast<float>(0.1 * rng.normal());
  return out;
}

TEST(Int8Rows, StoresExactlyWhatTrainingUsed) {
  const std::vector<float> w = normal(9 * 50, 1);
  std::vector<float> trained(w.size()), stored(w.size());
  fake_quantize_int8_rows(w.data(), 9, 50, trained.data());
  const Int8Rows packed = quantize_int8_rows(w.data(), 9, 50);
  validate_int8_rows(packed, "w");
  unpack_int8_rows(packed, stored.data());
  EXPECT_EQ(stored, trained);
}

TEST(Int8Rows, IsHalfAStepOffAtMost) {
  const std::vector<float> w = normal(200, 2);
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

TEST(Int8Rows, ARowOfZerosStaysZeroAndANotANumberVisible) {
  const std::vector<float> w = {0, 0, 0, 1, NAN, 2};
  std::vector<float> q(w.size());
  fake_quantize_int8_rows(w.data(), 2, 3, q.data());
  EXPECT_EQ(q[0], 0);
  EXPECT_TRUE(std::isnan(q[4]));
}

TEST(Int8Rows, RefusesCodesAndScalesOutOfRange) {
  const std::vector<float> w = normal(20, 3);
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
