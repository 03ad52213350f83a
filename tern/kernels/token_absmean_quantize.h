#pragma once

#include "tern/base/bf16.h"
#include "tern/kernels/view.h"

namespace tern::kernels {

/// Fake quantization of activations to 4 bits by the mean magnitude (BitNet a4.8, arXiv
/// 2411.04965): y = b / sqrt(7) clip(round(sqrt(7) x / (b + 1e-5)), -8, 7) with b = mean|x| over a
/// token, that is a row of x (N, C). Magnitudes above about three times the mean saturate. While
/// lambda is below 1, y is x + lambda times what quantizing changes. y has x's shape and may be x;
/// T is float or bf16. The gradient passes straight through, so there is no backward kernel.
template <class T>
void token_absmean_quantize_fwd(Matrix<const T> x, float lambda, Matrix<T> y);

}  // namespace tern::kernels
