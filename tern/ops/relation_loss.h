#pragma once

#include "tern/tensor/tensor.h"

namespace tern {

/// Attention relations (MiniLMv2, Wang et al. 2021, 2012.15828; BitDistill, Wu et al. 2025,
/// 2510.13998) of the queries, keys or values of one layer: each head's rows A (T, D) make
/// R = softmax(A A^T / sqrt(D)), and the loss is the mean over sequences, heads and positions of
/// KL(R teacher || R student), a float32 scalar. R is over all T positions, without a causal mask,
/// as in both papers: it compares what the layer made of each token, and predicts nothing.
///
/// student and teacher are (B, T, H, D), both f32 or both bf16; the teacher must not require a
/// gradient. `heads` splits the H D numbers of a position into so many relation heads of their own
/// width (the papers' split heads); 0: the layer's own H.
Tensor relation_loss(const Tensor& student, const Tensor& teacher, int64_t heads = 0);

}  // namespace tern
