#pragma once

#include <cstdint>

namespace tern::kernels::ref {

/// y = x + bias for one row.
template <class T>
void add_bias_fwd(const T* x, const T* bias, int64_t C, T* y) {
  for (int64_t c = 0; c < C; ++c) y[c] = x[c] + bias[c];
}

/// Adds one row of dy into dbias.
template <class T>
void add_bias_bwd(const T* dy, int64_t C, T* dbias) {
  for (int64_t c = 0; c < C; ++c) dbias[c] += dy[c];
}

}  // namespace tern::kernels::ref
