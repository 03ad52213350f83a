#pragma once

#include "tern/knobs/registry.h"
#include "tern/tensor/tensor.h"

namespace tern {

/// A way to quantize the input of a ternary layer; a value of the recipe's activation_scale.
struct ActivationQuantizer {
  /// x + lambda (Q(x) - x) for x (..., C) f32 or bf16, with Q to `bits` and the scale times `clip`.
  Tensor (*quantize)(const Tensor& x, int bits, float clip, float lambda);
  /// Throws when it has no such bits or clip; called before training.
  void (*require)(int bits, float clip);
};

Registry<ActivationQuantizer>& activation_quantizers();

/// Throws unless bits is 2 to 8 and clip in (0, 1]: what quantizers by the largest magnitude take.
void require_clipped_bits(int bits, float clip);

}  // namespace tern
