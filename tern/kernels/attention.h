#pragma once

#include <cstdint>

#include "tern/base/bf16.h"

namespace tern::kernels {

/// B sequences of T positions, H query heads of width D that share K key/value heads: head h reads
/// key/value head h / (H / K). H is a multiple of K.
struct AttentionShape {
  int64_t B = 0, T = 0, H = 0, K = 0, D = 0;
};

/// Causal self-attention: out = softmax(q k' / sqrt(D)) v over the positions up to the query's own
/// (Vaswani et al. 2017), with grouped key/value heads (Ainslie et al. 2023). q and out are
/// (B, T, H, D), k and v (B, T, K, D). log_sum_exp (B, H, T), the logarithm of the softmax's
/// denominator, is kept for the backward pass. N is float or bf16; sums are float.
template <class N>
void attention_fwd(const AttentionShape& shape, const N* q, const N* k, const N* v, N* out,
                   float* log_sum_exp);

/// Adds into dq, dk and dv the gradients for dout. The probabilities P are computed again from
/// log_sum_exp (FlashAttention-2; Dao 2023):
///   dv += P' dout,  dS = P (dout v' - rowsum(dout out)) / sqrt(D),  dq += dS k,  dk += dS' q.
/// Sums run in float, in an order fixed for a given thread count.
template <class N>
void attention_bwd(const AttentionShape& shape, const N* dout, const N* q, const N* k, const N* v,
                   const N* out, const float* log_sum_exp, N* dq, N* dk, N* dv);

}  // namespace tern::kernels
