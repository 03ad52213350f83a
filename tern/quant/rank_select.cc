#include "tern/quant/rank_select.h"

#include <bit>
#include <cmath>
#include <limits>

#include "tern/kernels/lanes.h"

namespace tern {
namespace {

int32_t count_up_to(const float* w, int64_t n, float limit) {
  int32_t count = 0;
  for (int64_t i = 0; i < n; ++i) count += std::abs(w[i]) <= limit ? 1 : 0;
  return count;
}

/// Numbers of 0 or more are in the order of their bits.
uint32_t bits_of(float x) { return std::bit_cast<uint32_t>(x); }

}  // namespace

float limit_of_rank(const float* w, int64_t n, int64_t count) {
  float high = kernels::lane_max(n, 0.0f, [w](int64_t i) { return std::abs(w[i]); }), low = 0;
  int64_t up_to_high = count_up_to(w, n, high), up_to_low = 0;
  if (up_to_high < count) return std::numeric_limits<float>::quiet_NaN();
  if (up_to_high == count) return high;
  // The rank lies above `low` and not above `high`. Where it would be if the magnitudes were spread
  // evenly between them is soon between the two right ones.
  constexpr int kGuesses = 8;
  for (int guess = 0; guess < kGuesses; ++guess) {
    const float share = (static_cast<float>(count - up_to_low) + 0.5f) /
                        (static_cast<float>(up_to_high - up_to_low) + 1.0f);
    const float limit = low + (high - low) * share;
    const int64_t found = count_up_to(w, n, limit);
    if (found == count) return limit;
    (found > count ? high : low) = limit;
    (found > count ? up_to_high : up_to_low) = found;
  }
  if (low == 0 && count_up_to(w, n, 0.0f) >= count) return 0.0f;
  // Outliers and equal magnitudes end up here, where every pass halves what is possible.
  uint32_t below = bits_of(low), above = bits_of(high);
  while (above - below > 1) {
    const uint32_t middle = below + (above - below) / 2;
    const int64_t found = count_up_to(w, n, std::bit_cast<float>(middle));
    if (found == count) return std::bit_cast<float>(middle);
    (found > count ? above : below) = middle;
  }
  return std::bit_cast<float>(above);
}

float magnitude_of_rank(const float* w, int64_t n, int64_t count) {
  const float limit = limit_of_rank(w, n, count);
  if (std::isnan(limit)) return limit;
  return kernels::lane_max(n, 0.0f, [w, limit](int64_t i) {
    const float magnitude = std::abs(w[i]);
    return magnitude <= limit ? magnitude : 0.0f;
  });
}

}  // namespace tern
