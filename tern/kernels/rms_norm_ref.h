#pragma once

#include <cmath>
#include <cstdint>

namespace tern::kernels::ref {

/// One row of RMSNorm. T is float, double or std::complex (for complex-step derivatives).
template <class T>
void rms_norm_fwd(const T* x, const T* gain, double epsilon, int64_t C, T* y) {
  using std::sqrt;
  T sum(0);
  for (int64_t c = 0; c < C; ++c) sum += x[c] * x[c];
  const T r = T(1) / sqrt(sum / T(C) + T(epsilon));
  for (int64_t c = 0; c < C; ++c) y[c] = x[c] * r * gain[c];
}

/// Adds one row's gradients into dx and dgain.
template <class T>
void rms_norm_bwd(const T* dy, const T* x, const T* gain, double epsilon, int64_t C, T* dx,
                  T* dgain) {
  using std::sqrt;
  T sum(0), dot(0);
  for (int64_t c = 0; c < C; ++c) sum += x[c] * x[c];
  const T r = T(1) / sqrt(sum / T(C) + T(epsilon));
  for (int64_t c = 0; c < C; ++c) dot += dy[c] * gain[c] * x[c];
  for (int64_t c = 0; c < C; ++c) {
    dx[c] += r * dy[c] * gain[c] - r * r * r * dot / T(C) * x[c];
    dgain[c] += dy[c] * x[c] * r;
  }
}

}  // namespace tern::kernels::ref
