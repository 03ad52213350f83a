#pragma once

#include "tern/ops/binary.h"
#include "tern/ops/unary.h"

// Formulas as one writes them: `(x - mean_last(x)) / sqrt(variance + 1e-5f)`. f32 tensors, with the
// broadcasts of binary().

namespace tern {

inline Tensor operator-(const Tensor& x) { return neg(x); }

inline Tensor operator+(const Tensor& a, const Tensor& b) { return add(a, b); }
inline Tensor operator-(const Tensor& a, const Tensor& b) { return sub(a, b); }
inline Tensor operator*(const Tensor& a, const Tensor& b) { return mul(a, b); }
inline Tensor operator/(const Tensor& a, const Tensor& b) { return div(a, b); }

inline Tensor operator+(const Tensor& x, float constant) { return add(x, constant); }
inline Tensor operator-(const Tensor& x, float constant) { return add(x, -constant); }
inline Tensor operator*(const Tensor& x, float constant) { return scale(x, constant); }
inline Tensor operator/(const Tensor& x, float constant) {
  return div(x, Tensor::scalar(constant));
}

inline Tensor operator+(float constant, const Tensor& x) { return add(x, constant); }
inline Tensor operator-(float constant, const Tensor& x) {
  return sub(Tensor::scalar(constant), x);
}
inline Tensor operator*(float constant, const Tensor& x) { return scale(x, constant); }
inline Tensor operator/(float constant, const Tensor& x) {
  return div(Tensor::scalar(constant), x);
}

}  // namespace tern
