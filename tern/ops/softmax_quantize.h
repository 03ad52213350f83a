#pragma once

#include "tern/quant/grouping.h"
#include "tern/tensor/tensor.h"

namespace tern {

/// Hestia's annealed softmax (arXiv 2601.20745): w + lambda (Q(w) - w), in the type `out` (f32 or
/// bf16), with Q(w) = s * sum over c in {-1, 0, 1} of c softmax(-(w / s - c)^2 / temperature) and s
/// = mean|w| of the group, rounded to float16. w (O, I) f32. As the temperature falls to 0, Q
/// becomes absmean rounding; at 0 it is that, straight through.
///
/// Backward above 0: the exact derivative, that of s included.
Tensor softmax_quantize(const Tensor& w, Grouping grouping, float temperature, float lambda,
                        DType out);

}  // namespace tern
