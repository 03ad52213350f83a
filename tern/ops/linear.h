#pragma once

#include "tern/tensor/tensor.h"

namespace tern {

/// y = x w^T. x (..., I) and w (O, I) share a type, f32 or bf16; y (..., O) has it too.
/// dx has x's type, dw the gradient type of w (float32 for a bf16 copy of a float32 weight).
Tensor linear(const Tensor& x, const Tensor& w);

}  // namespace tern
