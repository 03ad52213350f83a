#pragma once

#include <cstdint>
#include <span>

#include "tern/base/bf16.h"

namespace tern::kernels {

struct LionOptions {
  float lr = 1e-4f;
  float beta1 = 0.9f;
  float beta2 = 0.99f;
  float weight_decay = 0.0f;
  /// A number of this tensor's own, for the rounding of bf16 state (see AdamWOptions).
  uint32_t tensor = 0;
};

/// One step of Lion (Chen et al. 2023, arXiv 2302.06675, algorithm 2) in one pass over weights w,
/// gradients g and momentum m, all of one length. g is read times gradient_scale and then zeroed:
///   w = w (1 - lr weight_decay) - lr sign(beta1 m + (1 - beta1) g),  m = beta2 m + (1 - beta2) g.
/// `step` counts from 1 and only enters the rounding of a bf16 m.
void lion(std::span<float> w, std::span<float> g, std::span<float> m, const LionOptions& options,
          int64_t step, float gradient_scale);
void lion(std::span<float> w, std::span<float> g, std::span<bf16> m, const LionOptions& options,
          int64_t step, float gradient_scale);

}  // namespace tern::kernels
