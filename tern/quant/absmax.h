#pragma once

#include <cmath>

#include "tern/kernels/lanes.h"
#include "tern/quant/quantizer.h"

namespace tern {

/// max|w| of a group.
inline float absmax(const float* w, int64_t n) {
  return kernels::lane_max(n, 0.0f, [w](int64_t i) { return std::abs(w[i]); });
}

/// scale = max|w|, code = round(w / scale): sign(w) where |w| > threshold * scale. It repacks
/// weights that are ternary already without loss, and is what llama.cpp's ternary quantizers do.
struct Absmax {
  float threshold = 0.5f;

  float operator()(const float* w, int64_t n, int8_t* codes) const {
    const float scale = stored_scale(absmax(w, n));
    threshold_codes(w, n, threshold * scale, codes);
    return scale;
  }
};

}  // namespace tern
