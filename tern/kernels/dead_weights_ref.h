#pragma once

#include <cstdint>

namespace tern::kernels::ref {

/// Sum of the weights of one row whose code is 0.
template <class T>
T dead_sum_fwd(const T* w, const int8_t* codes, int64_t I) {
  T sum(0);
  for (int64_t i = 0; i < I; ++i) sum += codes[i] == 0 ? w[i] : T(0);
  return sum;
}

/// Adds one row's gradient into dw.
template <class T>
void dead_sum_bwd(T dsum, const int8_t* codes, int64_t I, T* dw) {
  for (int64_t i = 0; i < I; ++i) dw[i] += codes[i] == 0 ? dsum : T(0);
}

}  // namespace tern::kernels::ref
