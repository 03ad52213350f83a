#pragma once

#include <cmath>
#include <cstdint>

namespace tern::kernels::ref {

/// 1 - cos of the angle between two rows, neither of them zero. T is float, double or std::complex
/// (for complex-step derivatives).
template <class T>
T cosine_loss_fwd(const T* x, const T* target, int64_t C) {
  using std::sqrt;
  T xx(0), xt(0), tt(0);
  for (int64_t c = 0; c < C; ++c) {
    xx += x[c] * x[c];
    xt += x[c] * target[c];
    tt += target[c] * target[c];
  }
  return T(1) - xt / sqrt(xx * tt);
}

/// Adds one row's gradient into dx.
template <class T>
void cosine_loss_bwd(T dloss, const T* x, const T* target, int64_t C, T* dx) {
  using std::sqrt;
  T xx(0), xt(0), tt(0);
  for (int64_t c = 0; c < C; ++c) {
    xx += x[c] * x[c];
    xt += x[c] * target[c];
    tt += target[c] * target[c];
  }
  for (int64_t c = 0; c < C; ++c) dx[c] += dloss / sqrt(xx * tt) * (xt / xx * x[c] - target[c]);
}

}  // namespace tern::kernels::ref
