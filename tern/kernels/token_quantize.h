#pragma once

#include "tern/base/bf16.h"
#include "tern/kernels/view.h"

namespace tern::kernels {

/// Fake quantization of activations, symmetric by the largest magnitude (BitNet b1.58; Ma et al.
/// 2024): y = clip(round(x Qp / a), -Qp, Qp) a / Qp with Qp = 2^(bits-1) - 1 and a = clip max(|x|,
/// 1e-5) over a token, that is a row of x (N, C). Ties round to even. With clip 1 nothing
/// saturates; below it what lies beyond a does, which makes the grid finer for the rest. While
/// lambda is below 1, y is x + lambda times what quantizing changes. y has x's shape and may be x
/// itself. bits is 2 to 8, clip in (0, 1]; T is float or bf16.
template <class T>
void token_quantize_fwd(Matrix<const T> x, int bits, float clip, float lambda, Matrix<T> y);

/// The same for each channel of sequences of `length` rows of x, one after another, with a taken
/// over the channel's column up to the row: no token sees what comes after it.
template <class T>
void channel_quantize_fwd(Matrix<const T> x, int64_t length, int bits, float clip, float lambda,
                          Matrix<T> y);

/// The straight-through rule of both: dx += dy where |x| <= a, and (1 - lambda) dy where x
/// saturated. With clip 1 that is dx += dy. D, the type of dx, is float or bf16.
template <class T, class D>
void token_quantize_bwd(Matrix<const T> dy, Matrix<const T> x, float clip, float lambda,
                        Matrix<D> dx);
template <class T, class D>
void channel_quantize_bwd(Matrix<const T> dy, Matrix<const T> x, int64_t length, float clip,
                          float lambda, Matrix<D> dx);

}  // namespace tern::kernels
