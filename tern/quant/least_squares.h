#pragma once

#include <cstdint>

#include "tern/kernels/lanes.h"

namespace tern {

/// The scale with the least squared error for given codes: mean|w| over nonzero codes. 0 when all
/// codes are; NaN when a weight is.
inline float least_squares_level(const float* w, int64_t n, const int8_t* codes) {
  const float sum =
      kernels::lane_sum(n, [=](int64_t i) { return w[i] * static_cast<float>(codes[i]); });
  const int32_t live = kernels::count_if(n, [=](int64_t i) { return codes[i] != 0; });
  return live > 0 ? sum / static_cast<float>(live) : sum;
}

}  // namespace tern
