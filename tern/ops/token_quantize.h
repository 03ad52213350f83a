#pragma once

#include "tern/tensor/tensor.h"

namespace tern {

/// Fake quantization of activations to `bits` (2 to 8), symmetric by the largest magnitude of each
/// token, that is over the last axis, times `clip` (in (0, 1]): clip(round(x Qp / a), -Qp, Qp) a /
/// Qp with a = clip max|x| and Qp = 2^(bits-1) - 1 (BitNet b1.58; Ma et al. 2024, where clip is 1).
/// With lambda below 1 the result is x + lambda times the change, as in a warm-up (Hugging Face
/// 2024). x (..., C) f32 or bf16; the result has its shape and type. Backward: straight through
/// where |x| <= a, 1 - lambda of it where x saturated; the scale is a constant.
Tensor token_quantize(const Tensor& x, int bits, float clip = 1, float lambda = 1);

/// The same for x (..., T, C) with a magnitude for each channel of a sequence: the largest so far,
/// since the tokens that follow are not there when a model generates.
Tensor channel_quantize(const Tensor& x, int bits, float clip = 1, float lambda = 1);

}  // namespace tern
