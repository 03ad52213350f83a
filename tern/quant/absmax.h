#pragma once

#include <bit>
#include <cmath>

#include "tern/kernels/lanes.h"
#include "tern/quant/quantizer.h"

namespace tern {

/// max|w| of a group; NaN when a weight is. Magnitudes are in the order of their bits, and a NaN's
/// are above all numbers'.
inline float absmax(const float* w, int64_t n) {
  return std::bit_cast<float>(kernels::lane_max(
      n, int32_t{0}, [w](int64_t i) { return std::bit_cast<int32_t>(std::abs(w[i])); }));
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
