#pragma once

#include "tern/base/bf16.h"
#include "tern/kernels/view.h"

namespace tern::kernels {

/// Fake quantization of activations, symmetric by the largest magnitude (BitNet b1.58; Ma et al.
/// 2024): y = round(x Qp / a) a / Qp with Qp = 2^(bits-1) - 1 and a = max(|x|, 1e-5) over a token,
/// that is a row of x (N, C). Ties round to even. y has x's shape and may be x itself. bits is 2 to
/// 8; T is float or bf16. The gradient passes straight through, so there is no backward kernel.
template <class T>
void token_quantize_fwd(Matrix<const T> x, int bits, Matrix<T> y);

/// The same with a taken over a channel, that is a column of x.
template <class T>
void channel_quantize_fwd(Matrix<const T> x, int bits, Matrix<T> y);

}  // namespace tern::kernels
