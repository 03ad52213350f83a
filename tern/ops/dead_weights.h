#pragma once

#include "tern/tensor/tensor.h"

namespace tern {

/// Tequila (arXiv 2509.23809): dead weights, whose code is 0, as a bias of their
/// output: b[o] = scale[o] * sum of w[o, i] over the dead i. w (O, I) f32, codes (O, I) i8, scale
/// (O) or one number, f32; the result is (O). Gradients: dw[o, i] += scale[o] db[o] where the code
/// is 0, and dscale[o] += db[o] * that sum, so that a scale can really be learned.
Tensor dead_weight_bias(const Tensor& w, const Tensor& codes, const Tensor& scale);

/// Multiplies the gradient that the latent weights w (O, I) f32 have by now by `factor` where the
/// code (O, I) i8 is 0, so that dead weights reach the threshold sooner. All that reached a dead
/// weight is multiplied, whatever way it came; the gradients of live weights, and of scales and
/// shifts that are learned besides, stay as they are. Call it when the backward passes of a step
/// are done.
void boost_dead_gradient(const Tensor& w, const Tensor& codes, float factor);

}  // namespace tern
