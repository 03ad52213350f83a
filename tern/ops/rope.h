#pragma once

#include <memory>

#include "tern/kernels/rope.h"
#include "tern/tensor/tensor.h"

namespace tern {

/// Rotary position embedding (Su et al. 2021), rotate-half convention: turns the pairs
/// (x[i], x[i + D/2]) of every head by the angles of its position. x and y are (B, T, H, D), f32 or
/// bf16. The first token stands at position `first`; `table` covers first + T positions and D / 2
/// pairs, and lives on until the backward pass is done.
Tensor rope(const Tensor& x, std::shared_ptr<const kernels::RopeTable> table, int64_t first = 0);

}  // namespace tern
