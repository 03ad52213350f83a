#pragma once

#include <cmath>

#include "tern/kernels/lanes.h"
#include "tern/quant/quantizer.h"

namespace tern {

/// mean|w| of a group.
inline float absmean(const float* w, int64_t n) {
  return kernels::lane_sum(n, [w](int64_t i) { return std::abs(w[i]); }) / static_cast<float>(n);
}

/// BitNet b1.58 (Ma et al. 2024): scale = mean|w|, code = round(clamp(w / scale, -1, 1)), which is
/// sign(w) where |w| > scale / 2. `threshold` is that half, a multiple of the scale.
struct Absmean {
  float threshold = 0.5f;

  float operator()(const float* w, int64_t n, int8_t* codes) const {
    const float scale = stored_scale(absmean(w, n));
    threshold_codes(w, n, threshold * scale, codes);
    return scale;
  }
};

}  // namespace tern
