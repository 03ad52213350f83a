#pragma once

#include <span>
#include <vector>

#include "tern/tensor/tensor.h"

namespace tern {

/// Language-model head and loss in one: weight * mean over the targets of -log softmax(x
/// w^T)[target]. x (..., C) and w (V, C) share a type, f32 or bf16; targets holds one token id per
/// row of x, -1 for rows that do not count. Logits exist for a chunk of rows at a time only.
///
/// While a tape records, the gradients are made together with the loss (the logits are at hand just
/// then): dw is added to the gradient of w at once. So the loss has to be what backward starts
/// from, or be summed with other losses; scale it by `weight` (for instance 1 / accumulation), not
/// afterwards. Anything else is an error in the backward pass.
Tensor head_cross_entropy(const Tensor& x, const Tensor& w, std::span<const int32_t> targets,
                          float weight = 1.0f);

/// -log softmax(x w^T)[target] of every row, in nats; 0 where the target is -1. For evaluation.
std::vector<float> head_negative_log_likelihood(const Tensor& x, const Tensor& w,
                                                std::span<const int32_t> targets);

}  // namespace tern
