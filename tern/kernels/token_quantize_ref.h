#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace tern::kernels::ref {

/// Fake-quantizes the n numbers at x[0], x[stride], ... by their largest magnitude.
inline void absmax_quantize(const float* x, int64_t n, int64_t stride, int bits, float* y) {
  const float largest_code = std::exp2f(static_cast<float>(bits - 1)) - 1;
  float absmax = 1e-5f;
  for (int64_t i = 0; i < n; ++i) absmax = std::max(absmax, std::abs(x[i * stride]));
  for (int64_t i = 0; i < n; ++i) {
    const float code = std::rint(x[i * stride] * (largest_code / absmax));
    y[i * stride] = std::clamp(code, -largest_code - 1, largest_code) * (absmax / largest_code);
  }
}

}  // namespace tern::kernels::ref
