#pragma once

#include <cstdint>
#include <span>

#include "tern/base/bf16.h"

namespace tern::kernels {

struct AdamWOptions {
  float lr = 1e-3f;
  float beta1 = 0.9f;
  float beta2 = 0.999f;
  float epsilon = 1e-8f;
  float weight_decay = 0.01f;
  /// A number of this tensor's own: with the step and an element's index it decides how that
  /// element's bf16 moments are rounded.
  uint32_t tensor = 0;
};

/// One step of AdamW, Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2
/// with a decay of lr * weight_decay, as PyTorch has it), in one pass over weights w, gradients g
/// and moments m and v, all of one length. `step` counts from 1. g is read times gradient_scale,
/// and set to zero when zero_gradient is true:
///   m = beta1 m + (1 - beta1) g,  v = beta2 v + (1 - beta2) g^2,
///   w = w (1 - lr weight_decay) - lr m / (1 - beta1^step) / (sqrt(v / (1 - beta2^step)) +
///   epsilon).
/// Moments in bf16 are rounded stochastically when they are stored (stochastic_round.h); w moves by
/// what they are before that.
void adamw(std::span<float> w, std::span<float> g, std::span<float> m, std::span<float> v,
           const AdamWOptions& options, int64_t step, float gradient_scale, bool zero_gradient);
void adamw(std::span<float> w, std::span<float> g, std::span<bf16> m, std::span<bf16> v,
           const AdamWOptions& options, int64_t step, float gradient_scale, bool zero_gradient);

}  // namespace tern::kernels
