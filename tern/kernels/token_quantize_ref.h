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

/// x on the grid whose largest code stands for `limit`.
inline float quantize_to(float limit, float x, int bits) {
  const float largest_code = std::exp2f(static_cast<float>(bits - 1)) - 1;
  const float code = std::rint(x * (largest_code / limit));
  return std::clamp(code, -largest_code, largest_code) * (limit / largest_code);
}

/// Fake-quantizes the n numbers at x by their largest magnitude times `clip`.
inline void absmax_quantize(const float* x, int64_t n, int bits, float clip, float* y) {
  const float limit = clip_limit(x, n, 1, clip);
  for (int64_t i = 0; i < n; ++i) y[i] = quantize_to(limit, x[i], bits);
}

/// Adds dy to dx, and where x saturated, 1 - lambda of it.
inline void absmax_quantize_bwd(const float* dy, const float* x, int64_t n, float clip,
                                float lambda, float* dx) {
  const float limit = clip_limit(x, n, 1, clip);
  for (int64_t i = 0; i < n; ++i) dx[i] += std::abs(x[i]) <= limit ? dy[i] : (1 - lambda) * dy[i];
}

/// Fake-quantizes the T numbers at x[0], x[stride], ... each by the largest magnitude up to it.
inline void running_absmax_quantize(const float* x, int64_t T, int64_t stride, int bits, float clip,
                                    float* y) {
  for (int64_t t = 0; t < T; ++t) {
    y[t * stride] = quantize_to(clip_limit(x, t + 1, stride, clip), x[t * stride], bits);
  }
}

/// Adds dy to dx, and where x saturated, 1 - lambda of it.
inline void running_absmax_quantize_bwd(const float* dy, const float* x, int64_t T, int64_t stride,
                                        float clip, float lambda, float* dx) {
  for (int64_t t = 0; t < T; ++t) {
    const float limit = clip_limit(x, t + 1, stride, clip);
    const float share = std::abs(x[t * stride]) <= limit ? 1 : 1 - lambda;
    dx[t * stride] += share * dy[t * stride];
  }
}

}  // namespace tern::kernels::ref
