#pragma once

#include <cstdint>

namespace tern::kernels {

/// Sixteen floats fill one 512-bit register, two 256-bit ones, four 128-bit ones.
inline constexpr int64_t kLanes = 16;

/// Sum over i in [0, n) of term(i): sixteen running sums, folded in halves at the end. The order is
/// fixed, so the bits are too, and the compiler may vectorise it without fast-math.
template <class Term>
inline float lane_sum(int64_t n, Term&& term) {
  float sums[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int64_t lane = 0; lane < kLanes; ++lane) sums[lane] += term(i + lane);
  }
  for (int64_t lane = 0; i + lane < n; ++lane) sums[lane] += term(i + lane);
  for (int64_t width = kLanes / 2; width > 0; width /= 2) {
    for (int64_t lane = 0; lane < width; ++lane) sums[lane] += sums[lane + width];
  }
  return sums[0];
}

/// Largest term(i) for i in [0, n), or `lowest` when there is none larger.
template <class Term>
inline float lane_max(int64_t n, float lowest, Term&& term) {
  float best[kLanes];
  for (float& b : best) b = lowest;
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int64_t lane = 0; lane < kLanes; ++lane) {
      const float value = term(i + lane);
      best[lane] = value > best[lane] ? value : best[lane];
    }
  }
  for (int64_t lane = 0; i + lane < n; ++lane) {
    const float value = term(i + lane);
    best[lane] = value > best[lane] ? value : best[lane];
  }
  for (int64_t lane = 1; lane < kLanes; ++lane)
    best[0] = best[lane] > best[0] ? best[lane] : best[0];
  return best[0];
}

}  // namespace tern::kernels
