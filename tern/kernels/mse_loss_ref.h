#pragma once

#include <cstdint>

namespace tern::kernels::ref {

/// Mean squared difference of two rows. T is float, double or std::complex (for complex-step
/// derivatives).
template <class T>
T mse_loss_fwd(const T* x, const T* target, int64_t C) {
  T sum(0);
  for (int64_t c = 0; c < C; ++c) sum += (x[c] - target[c]) * (x[c] - target[c]);
  return sum / T(C);
}

/// Adds one row's gradient into dx.
template <class T>
void mse_loss_bwd(T dloss, const T* x, const T* target, int64_t C, T* dx) {
  for (int64_t c = 0; c < C; ++c) dx[c] += dloss * T(2) / T(C) * (x[c] - target[c]);
}

}  // namespace tern::kernels::ref
