#pragma once

#include "tern/tensor/tensor.h"

namespace tern {

/// Fake quantization of activations to 4 bits by the mean magnitude b of each token (BitNet a4.8,
/// arXiv 2411.04965): b / sqrt(7) clip(round(sqrt(7) x / (b + 1e-5)), -8, 7). With lambda below 1
/// the result is x + lambda times the change. x (..., C) f32 or bf16; the result has its shape and
/// type. Backward: straight through everywhere, as in the paper, for saturated numbers too; the
/// scale is a constant.
Tensor token_absmean_quantize(const Tensor& x, float lambda = 1);

}  // namespace tern
