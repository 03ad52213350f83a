#pragma once

#include "tern/tensor/tensor.h"

namespace tern {

/// Tequila (arXiv 2509.23809): dead weights, whose code is 0, as a bias of their
/// output: b[o] = scale[o] * sum of w[o, i] over the dead i. w (O, I) f32, codes (O, I) i8, scale
/// (O) or one number, f32; the result is (O). Gradients: dw[o, i] += scale[o] db[o] where the code
/// is 0, and dscale[o] += db[o] * that sum, so that a scale can really be learned.
Tensor dead_weight_bias(const Tensor& w, const Tensor& codes, const Tensor& scale);

/// The same numbers with another gradient: what comes back is `factor` times as large where the
/// code is 0, so that dead weights reach the threshold sooner. weights (O, I) in f32 or bf16 with a
/// float32 gradient, codes (O, I) i8.
Tensor boost_dead_gradient(const Tensor& weights, const Tensor& codes, float factor);

}  // namespace tern
