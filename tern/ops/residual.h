#pragma once

#include "tern/tensor/tensor.h"

namespace tern {

/// y = x + branch. x (...) f32 is the residual stream, branch the same shape in f32 or bf16; y f32.
Tensor residual(const Tensor& x, const Tensor& branch);

}  // namespace tern
