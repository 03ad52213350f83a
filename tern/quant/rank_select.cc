#include "tern/quant/rank_select.h"

#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "tern/kernels/lanes.h"
#include "tern/quant/absmean.h"
#include "tern/quant/quantizer.h"

namespace tern {
namespace {

/// Of normal weights, this share is no larger than their mean magnitude.
constexpr float kShareUpToMean = 0.575f;

/// Most groups of normal weights take three or four. In groups of equal magnitudes the last ones
/// are in vain.
constexpr int kGuesses = 6;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

int64_t count_up_to(const float* w, int64_t n, float limit) {
  return kernels::count_if(n, [=](int64_t i) { return std::abs(w[i]) <= limit; });
}

float smallest_above(const float* w, int64_t n, float limit) {
  return -kernels::lane_max(n, -kInfinity, [=](int64_t i) {
    return std::abs(w[i]) > limit ? -std::abs(w[i]) : -kInfinity;
  });
}

/// The number in the middle between two of 0 or more, in the order that they and their bits share.
float halfway(float a, float b) {
  return std::bit_cast<float>(
      std::midpoint(std::bit_cast<uint32_t>(a), std::bit_cast<uint32_t>(b)));
}

/// The answer where guesses fail, as with equal magnitudes, which leave no limit to find, and with
/// outliers. Fewer than `count` do not exceed `low`. Every round steps over one magnitude at least
/// and halves what lies between.
RankLimit close_in(const float* w, int64_t n, int64_t count, float low, float high) {
  if (count_up_to(w, n, high) < count) high = kInfinity;  // it was a stand-in
  while (true) {
    low = smallest_above(w, n, low);
    const int64_t found = count_up_to(w, n, low);
    if (found >= count) return {low, found};
    const float middle = halfway(low, high);
    (count_up_to(w, n, middle) < count ? low : high) = middle;
  }
}

}  // namespace

RankLimit limit_of_rank(const float* w, int64_t n, int64_t count) {
  const float mean = absmean(w, n);
  if (std::isnan(mean)) return {mean, 0};
  const float rank = static_cast<float>(count) + 0.5f;  // between the two right magnitudes
  float limit = mean * rank / (kShareUpToMean * static_cast<float>(n));
  // Until a limit above the rank is known, twice the first guess stands for one.
  float low = 0, rank_of_low = 0, high = 2 * limit, rank_of_high = 2 * rank;
  for (int guess = 0; guess < kGuesses; ++guess) {
    const int64_t found = count_up_to(w, n, limit);
    if (found == count) return {limit, found};
    if (found < count) {
      low = limit;
      rank_of_low = static_cast<float>(found);
    } else {
      high = limit;
      rank_of_high = static_cast<float>(found + 1);
    }
    // Where the rank would be if the magnitudes were spread evenly between the two limits is soon
    // between the two right ones.
    limit = low + (high - low) * ((rank - rank_of_low) / (rank_of_high - rank_of_low));
  }
  return close_in(w, n, count, rank_of_low > 0 ? low : -1.0f, high);
}

float magnitude_of_rank(const float* w, int64_t n, int64_t count) {
  const float limit = limit_of_rank(w, n, count).limit;
  if (std::isnan(limit)) return limit;
  return kernels::lane_max(n, 0.0f, [w, limit](int64_t i) {
    const float magnitude = std::abs(w[i]);
    return magnitude <= limit ? magnitude : 0.0f;
  });
}

void fixed_zeros(const float* w, int64_t n, int64_t zeros, int8_t* codes) {
  auto [limit, found] = zeros > 0 ? limit_of_rank(w, n, zeros) : RankLimit{};
  threshold_codes(w, n, limit, codes);
  // Of equal magnitudes at the limit, the last ones are too many. No branch asks for them: where
  // they are differs from group to group, so it would be guessed wrong.
  for (int64_t i = n - 1; i >= 0 && found > zeros; --i) {
    const int live = std::abs(w[i]) == limit;
    codes[i] = static_cast<int8_t>(codes[i] + live * ((w[i] > 0) - (w[i] < 0)));
    found -= live;
  }
}

}  // namespace tern
