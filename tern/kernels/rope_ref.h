#pragma once

#include <cstdint>

namespace tern::kernels::ref {

/// Rotates one head of width D by the given cosines and sines (D / 2 each). T is float, double or
/// std::complex (for complex-step derivatives).
template <class T>
void rope_fwd(const T* x, const double* cos, const double* sin, int64_t D, T* y) {
  for (int64_t i = 0; i < D / 2; ++i) {
    y[i] = x[i] * cos[i] - x[i + D / 2] * sin[i];
    y[i + D / 2] = x[i + D / 2] * cos[i] + x[i] * sin[i];
  }
}

/// Adds one head's gradient into dx.
template <class T>
void rope_bwd(const T* dy, const double* cos, const double* sin, int64_t D, T* dx) {
  for (int64_t i = 0; i < D / 2; ++i) {
    dx[i] += dy[i] * cos[i] + dy[i + D / 2] * sin[i];
    dx[i + D / 2] += dy[i + D / 2] * cos[i] - dy[i] * sin[i];
  }
}

}  // namespace tern::kernels::ref
