#pragma once

#include <cstdint>

/// Before a loop of which no iteration reads what another wrote: the compiler adds no test for
/// overlap, which would send a loop that works in place to scalar code.
#ifdef __clang__
#define TERN_INDEPENDENT_ITERATIONS _Pragma("clang loop vectorize(assume_safety)")
#else
#define TERN_INDEPENDENT_ITERATIONS _Pragma("GCC ivdep")
#endif

namespace tern::kernels {

/// Sixteen floats fill one 512-bit register, two 256-bit ones, four 128-bit ones.
inline constexpr int64_t kLanes = 16;

/// Adds the upper half of 2 * width lanes to the lower one, and so on down to one. Each width is a
/// constant, so the additions stay in registers.
template <int64_t width>
inline float fold(float* lanes) {
  for (int64_t lane = 0; lane < width; ++lane) lanes[lane] += lanes[lane + width];
  if constexpr (width == 1) return lanes[0];
  if constexpr (width > 1) return fold<width / 2>(lanes);
}

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
  return fold<kLanes / 2>(sums);
}

/// For how many i in [0, n), n < 2^31, holds(i) is true. Integers may be added in any order, so the
/// compiler needs no lanes to vectorise this.
template <class Holds>
inline int32_t count_if(int64_t n, Holds&& holds) {
  int32_t count = 0;
  for (int64_t i = 0; i < n; ++i) count += holds(i) ? 1 : 0;
  return count;
}

/// Largest term(i), a float or an integer, for i in [0, n), or `lowest` when there is none larger.
template <class T, class Term>
inline T lane_max(int64_t n, T lowest, Term&& term) {
  T best[kLanes];
  for (T& b : best) b = lowest;
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int64_t lane = 0; lane < kLanes; ++lane) {
      const T value = term(i + lane);
      best[lane] = value > best[lane] ? value : best[lane];
    }
  }
  for (int64_t lane = 0; i + lane < n; ++lane) {
    const T value = term(i + lane);
    best[lane] = value > best[lane] ? value : best[lane];
  }
  T largest = lowest;
  for (const T b : best) largest = b > largest ? b : largest;
  return largest;
}

}  // namespace tern::kernels
