#include "tern/quant/code_statistics.h"

#include <bit>

#include "tern/base/error.h"

namespace tern {
namespace {

/// The lower bit of each code's pair. It is set in a zero (01) and in neither -1 (00) nor +1 (10).
constexpr int kLowBits = 0b01010101;

int64_t count_bits(int bits) { return std::popcount(static_cast<uint8_t>(bits)); }

void check_alike(const PackedTernary& a, const PackedTernary& b) {
  check(a.rows == b.rows && a.cols == b.cols && a.grouping == b.grouping,
        "expected two matrices of one shape and grouping, found ({}, {}) by {} and ({}, {}) by {}",
        a.rows, a.cols, a.grouping.to_string(), b.rows, b.cols, b.grouping.to_string());
}

double sum_of_scales(const PackedTernary& packed) {
  double sum = 0;
  for (const f16 scale : packed.scales) sum += static_cast<float>(scale);
  return sum;
}

}  // namespace

double flip_rate(const PackedTernary& before, const PackedTernary& now) {
  check_alike(before, now);
  int64_t flips = 0;
  for (size_t i = 0; i < now.codes.size(); ++i) {
    const int changed = before.codes[i] ^ now.codes[i];
    flips += count_bits((changed | changed >> 1) & kLowBits);
  }
  return static_cast<double>(flips) / static_cast<double>(now.rows * now.cols);
}

double scale_ratio(const PackedTernary& start, const PackedTernary& now) {
  check_alike(start, now);
  const double at_start = sum_of_scales(start);
  return at_start > 0 ? sum_of_scales(now) / at_start : 1;
}

double sign_agreement(const PackedTernary& start, const PackedTernary& now) {
  check_alike(start, now);
  int64_t both = 0, agree = 0;
  for (size_t i = 0; i < now.codes.size(); ++i) {
    const int live = ~(start.codes[i] | now.codes[i]) & kLowBits;
    const int changed = (start.codes[i] ^ now.codes[i]) >> 1;
    both += count_bits(live);
    agree += count_bits(live & ~changed);
  }
  return both > 0 ? static_cast<double>(agree) / static_cast<double>(both) : 1;
}

}  // namespace tern
