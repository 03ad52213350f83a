#pragma once

#include "tern/tensor/tensor.h"

namespace tern {

/// y = x w^T, plus the bias (O) f32 where there is one. x (..., I) and w (O, I) share a type, f32
/// or bf16; y (..., O) has it too, and is rounded before the bias is added as well as after. dx has
/// x's type, dw the gradient type of w (float32 for a bf16 copy of a float32 weight).
Tensor linear(const Tensor& x, const Tensor& w, const Tensor& bias = {});

}  // namespace tern
