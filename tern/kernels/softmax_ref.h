#pragma once

#include <cmath>
#include <cstdint>

namespace tern::kernels::ref {

/// One row of softmax. T is double or std::complex.
template <class T>
void softmax_fwd(const T* x, int64_t C, T* y) {
  using std::exp;
  T sum(0);
  for (int64_t c = 0; c < C; ++c) sum += y[c] = exp(x[c]);
  for (int64_t c = 0; c < C; ++c) y[c] /= sum;
}

/// Adds one row's gradient into dx.
template <class T>
void softmax_bwd(const T* dy, const T* y, int64_t C, T* dx) {
  T dot(0);
  for (int64_t c = 0; c < C; ++c) dot += dy[c] * y[c];
  for (int64_t c = 0; c < C; ++c) dx[c] += y[c] * (dy[c] - dot);
}

}  // namespace tern::kernels::ref
