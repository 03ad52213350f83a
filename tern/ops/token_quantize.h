#pragma once

#include "tern/tensor/tensor.h"

namespace tern {

/// Fake quantization of activations to `bits` (2 to 8), symmetric by the largest magnitude a of
/// each token, that is over the last axis: round(x Qp / a) a / Qp with Qp = 2^(bits-1) - 1 (BitNet
/// b1.58; Ma et al. 2024). x (..., C) f32 or bf16; the result has its shape and type. The gradient
/// passes straight through.
Tensor token_quantize(const Tensor& x, int bits);

/// The same with one magnitude for each of the C channels, over all tokens.
Tensor channel_quantize(const Tensor& x, int bits);

}  // namespace tern
