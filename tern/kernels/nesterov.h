#pragma once

#include <cstdint>
#include <span>

#include "tern/base/bf16.h"

namespace tern::kernels {

struct NesterovOptions {
  float momentum = 0.95f;
  float gradient_scale = 1.0f;
  /// A number of this tensor's own, for the rounding of bf16 state (see AdamWOptions).
  uint32_t tensor = 0;
};

/// Momentum m of gradients g and the look-ahead that Nesterov's method steps along, which replaces
/// g; both as weighted means, as Muon's reference code has them:
///   m = momentum m + (1 - momentum) g,  g = momentum m + (1 - momentum) g.
/// g is read times gradient_scale. `step` counts from 1 and only enters the rounding of a bf16 m.
void nesterov(std::span<float> g, std::span<float> m, const NesterovOptions& options, int64_t step);
void nesterov(std::span<float> g, std::span<bf16> m, const NesterovOptions& options, int64_t step);

/// w = w (1 - decay) - rate g, and g = 0.
void decay_and_move(std::span<float> w, std::span<float> g, float decay, float rate);

}  // namespace tern::kernels
