#pragma once

#include "tern/tensor/tensor.h"

namespace tern {

/// Mean over rows (the last axis) of 1 - cos(x, target): a float32 scalar that compares directions
/// and ignores lengths. A row that is zero in either costs 1. x and target share shape and type,
/// f32 or bf16; either may require a gradient.
Tensor cosine_loss(const Tensor& x, const Tensor& target);

}  // namespace tern
