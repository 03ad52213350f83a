#pragma once

#include <cmath>
#include <cstdint>

namespace tern::kernels::ref {

/// One row of SwiGLU. T is float, double or std::complex (for complex-step derivatives).
template <class T>
void swiglu_fwd(const T* gate, const T* up, int64_t F, T* y) {
  using std::exp;
  for (int64_t f = 0; f < F; ++f) y[f] = gate[f] / (T(1) + exp(-gate[f])) * up[f];
}

/// Adds one row's gradients into dgate and dup.
template <class T>
void swiglu_bwd(const T* dy, const T* gate, const T* up, int64_t F, T* dgate, T* dup) {
  using std::exp;
  for (int64_t f = 0; f < F; ++f) {
    const T s = T(1) / (T(1) + exp(-gate[f]));
    dgate[f] += dy[f] * up[f] * (s + gate[f] * s * (T(1) - s));
    dup[f] += dy[f] * gate[f] * s;
  }
}

}  // namespace tern::kernels::ref
