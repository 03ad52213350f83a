#pragma once

#include <cstdint>

#include "tern/ops/learned_quantize.h"
#include "tern/quant/group_rule.h"

namespace tern {

/// The group quantizer of learned levels: codes of the group rule, and a scale that they do not
/// depend on. What the forward pass and packing share.
struct LearnedLevels {
  GroupRule rule;
  LearnedScales scales;

  float operator()(const float* w, int64_t n, int64_t group, int8_t* codes) const {
    rule(w, n, codes);
    return scales.scale(group);
  }
};

/// Dual learnable ternarization (TernaryLLM, Chen et al. 2024, arXiv 2406.07177): w + lambda (Q(w)
/// - w) with Q(w) = scale * code + shift, in the type `out` (f32 or bf16). The codes are those of
/// the rule, in the paper sign(w) above 0.7 mean |w|; AngelSlim's program cuts at half the learned
/// scale instead. w (O, I), scales and shifts (groups), all f32; both are rounded to float16, as
/// files hold them.
///
/// Backward, with g the gradient of the result: the true derivatives at the codes as they are, and
/// straight through to the weights:
///   dw += g
///   dscale += lambda * sum of g code
///   dshift += lambda * sum of g
Tensor learned_quantize_shift(const Tensor& w, const GroupRule& rule, const Tensor& scales,
                              const Tensor& shifts, Grouping grouping, float lambda, DType out);

}  // namespace tern
