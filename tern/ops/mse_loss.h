#pragma once

#include "tern/tensor/tensor.h"

namespace tern {

/// Mean of (x - target)^2 over all numbers: a float32 scalar. x and target share shape and type,
/// f32 or bf16; either may require a gradient.
Tensor mse_loss(const Tensor& x, const Tensor& target);

}  // namespace tern
