#include "tern/quant/quantize.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tern/base/bf16.h"
#include "tern/base/error.h"
#include "tern/quant/absmax.h"
#include "tern/quant/absmean.h"
#include "tern/quant/packed.h"
#include "tern/quant/quant_test_util.h"
#include "tern/quant/quantize_ref.h"

namespace tern {
namespace {

template <class Quantizer>
std::vector<float> quantized(const Quantizer& quantizer, const std::vector<float>& group) {
  std::vector<int8_t> codes(group.size());
  const float scale = quantizer(group.data(), static_cast<int64_t>(group.size()), codes.data());
  std::vector<float> out;
  for (const int8_t code : codes) out.push_back(scale * code);
  return out;
}

TEST(Absmean, EqualsTheScalarReferenceOnDesignedGroups) {
  for (const auto& [name, group] : designed_groups()) {
    EXPECT_EQ(quantized(Absmean{}, group), ref::absmean(group)) << name;
  }
}

TEST(Absmax, EqualsTheScalarReferenceOnDesignedGroups) {
  for (const auto& [name, group] : designed_groups()) {
    EXPECT_EQ(quantized(Absmax{}, group), ref::absmax(group)) << name;
  }
}

TEST(Absmax, LeavesTernaryWeightsAsTheyAre) {
  const std::vector<float> ternary = quantized(Absmean{}, normal_weights(64, 3));
  EXPECT_EQ(quantized(Absmax{}, ternary), ternary);
}

TEST(Threshold, AHigherOneMakesMoreZeros) {
  const std::vector<float> group = normal_weights(256, 4);
  const auto zeros = [&](float threshold) {
    const std::vector<float> q = quantized(Absmean{threshold}, group);
    return std::count(q.begin(), q.end(), 0.0f);
  };
  EXPECT_LT(zeros(0.3f), zeros(0.5f));
  EXPECT_LT(zeros(0.5f), zeros(0.9f));
}

TEST(FakeQuantize, LambdaMixesBetweenTheWeightAndItsQuantizedValue) {
  const std::vector<float> w = normal_weights(3 * 100, 5);
  std::vector<float> none(300), half(300), full(300);
  const Grouping group{64};
  fake_quantize_rows(w.data(), 3, 100, group, Absmean{}, 0.0f, none.data());
  fake_quantize_rows(w.data(), 3, 100, group, Absmean{}, 0.5f, half.data());
  fake_quantize_rows(w.data(), 3, 100, group, Absmean{}, 1.0f, full.data());
  EXPECT_EQ(none, w);
  for (int i = 0; i < 300; ++i) EXPECT_NEAR(half[i], (w[i] + full[i]) / 2, 1e-8);
}

TEST(FakeQuantize, GroupsRunAlongRowsAndTheLastOneMayBeShort) {
  const int64_t rows = 3, cols = 100;
  const std::vector<float> w = normal_weights(rows * cols, 6);
  for (const char* text : {"32", "64", "128", "256", "row", "tensor"}) {
    const Grouping grouping = Grouping::parse(text);
    std::vector<float> got(w.size()), want;
    fake_quantize_rows(w.data(), rows, cols, grouping, Absmean{}, 1.0f, got.data());
    const int64_t span = grouping.whole_tensor() ? rows * cols : cols;
    const int64_t size = grouping.size > 0 ? grouping.size : span;
    for (int64_t s = 0; s < rows * cols; s += span) {
      for (int64_t g = 0; g < span; g += size) {
        const auto first = w.begin() + s + g;
        const auto q = ref::absmean({first, first + std::min(size, span - g)});
        want.insert(want.end(), q.begin(), q.end());
      }
    }
    EXPECT_EQ(got, want) << "group " << text;
  }
}

TEST(FakeQuantize, ANotANumberStaysVisible) {
  std::vector<float> w = normal_weights(64, 7), out(64);
  w[3] = NAN;
  fake_quantize_rows(w.data(), 1, 64, Grouping{64}, Absmean{}, 1.0f, out.data());
  EXPECT_TRUE(std::isnan(out[3]));
}

TEST(Packed, HoldsExactlyWhatTrainingUsedAtLambdaOne) {
  const int64_t rows = 5, cols = 99;
  const std::vector<float> w = normal_weights(rows * cols, 8);
  for (const char* text : {"32", "64", "128", "256", "row", "tensor"}) {
    const Grouping grouping = Grouping::parse(text);
    std::vector<float> trained(w.size()), stored(w.size());
    fake_quantize_rows(w.data(), rows, cols, grouping, Absmean{}, 1.0f, trained.data());
    const PackedTernary packed = quantize_and_pack(w.data(), rows, cols, grouping, Absmean{});
    validate_ternary(packed, "w");
    unpack_ternary(packed, stored.data());
    EXPECT_EQ(stored, trained) << "group " << text;
  }
}

TEST(Packed, TakesTwoBitsAWeightAndSixteenAGroup) {
  const std::vector<float> w = normal_weights(4 * 128, 9);
  const PackedTernary packed = quantize_and_pack(w.data(), 4, 128, Grouping{64}, Absmean{});
  EXPECT_EQ(packed.codes.size(), 4u * 128 / 4);
  EXPECT_EQ(packed.scales.size(), 4u * 2);
}

TEST(Packed, AddsTheShiftOfAGroupToEachOfItsWeights) {
  const std::vector<float> w = {2, 0, -2, 2, 0};
  PackedTernary packed = quantize_and_pack(w.data(), 1, 5, Grouping{3}, Absmax{});
  packed.shifts = {f16(0.5f), f16(-1.0f)};
  EXPECT_NO_THROW(validate_ternary(packed, "w"));
  std::vector<float> out(5);
  unpack_ternary(packed, out.data());
  EXPECT_EQ(out, (std::vector<float>{2.5f, 0.5f, -1.5f, 1, -1}));

  PackedTernary too_few = packed, infinite = packed;
  too_few.shifts.pop_back();
  infinite.shifts[1] = f16(INFINITY);
  EXPECT_THROW(validate_ternary(too_few, "w"), Error);
  EXPECT_THROW(validate_ternary(infinite, "w"), Error);
}

TEST(Packed, CountsItsCodes) {
  const std::vector<float> w = {1, 1, 0, -1};
  const auto shares = count_codes(quantize_and_pack(w.data(), 1, 4, {}, Absmax{})).shares();
  EXPECT_EQ(shares, (std::array<double, 3>{0.25, 0.25, 0.5}));

  const std::vector<float> short_rows = {1, 1, 1, 1, 0, -1, -1, -1, -1, 0};
  const CodeCounts counts = count_codes(quantize_and_pack(short_rows.data(), 2, 5, {}, Absmax{}));
  EXPECT_EQ(counts.negative, 4);
  EXPECT_EQ(counts.zero, 2) << "what fills up a row's last byte does not count";
  EXPECT_EQ(counts.positive, 4);
}

TEST(Packed, RefusesACodeOrAScaleThatIsNotTernary) {
  const std::vector<float> w = normal_weights(64, 10);
  PackedTernary packed = quantize_and_pack(w.data(), 1, 64, {}, Absmean{});
  PackedTernary bad_code = packed, bad_scale = packed, bad_size = packed;
  bad_code.codes[7] = 0b00110000;
  bad_scale.scales[0] = f16(NAN);
  bad_size.codes.pop_back();
  EXPECT_NO_THROW(validate_ternary(packed, "w"));
  EXPECT_THROW(validate_ternary(bad_code, "w"), Error);
  EXPECT_THROW(validate_ternary(bad_scale, "w"), Error);
  EXPECT_THROW(validate_ternary(bad_size, "w"), Error);
}

TEST(Grouping, RefusesASizeThatIsNotOffered) {
  EXPECT_THROW(Grouping::parse("48"), Error);
  EXPECT_THROW(Grouping::parse("-64"), Error);
}

}  // namespace
}  // namespace tern
