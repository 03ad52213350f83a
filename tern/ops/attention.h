#pragma once

#include "tern/tensor/tensor.h"

namespace tern {

/// Causal self-attention with grouped key/value heads: softmax(q k' / sqrt(D)) v over the positions
/// up to the query's own. q (B, T, H, D), k and v (B, T, K, D) with H a multiple of K, all f32 or
/// all bf16; the result has q's shape and type.
Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v);

}  // namespace tern
