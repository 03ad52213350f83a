#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace tern::kernels::ref {

/// Where the n numbers at x[0], x[stride], ... saturate.
inline float clip_limit(const float* x, int64_t n, int64_t stride, float clip) {
  float absmax = 1e-5f;
  for (int64_t i = 0; i < n; ++i) absmax = std::max(absmax, std::abs(x[i * stride]));
  return clip * absmax;
}

/// Fake-quantizes the n numbers at x[0], x[stride], ... by their largest magnitude times `clip`.
inline void absmax_quantize(const float* x, int64_t n, int64_t stride, int bits, float clip,
                            float* y) {
  const float largest_code = std::exp2f(static_cast<float>(bits - 1)) - 1;
  const float limit = clip_limit(x, n, stride, clip);
  for (int64_t i = 0; i < n; ++i) {
    const float code = std::rint(x[i * stride] * (largest_code / limit));
    y[i * stride] = std::clamp(code, -largest_code, largest_code) * (limit / largest_code);
  }
}

/// Adds dy to dx where x did not saturate.
inline void absmax_quantize_bwd(const float* dy, const float* x, int64_t n, int64_t stride,
                                float clip, float* dx) {
  const float limit = clip_limit(x, n, stride, clip);
  for (int64_t i = 0; i < n; ++i) {
    if (std::abs(x[i * stride]) <= limit) dx[i * stride] += dy[i * stride];
  }
}

}  // namespace tern::kernels::ref
