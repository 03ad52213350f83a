#pragma once

#include <algorithm>
#include <cstdint>

#include "tern/quant/grouping.h"
#include "tern/quant/quantizer.h"
#include "tern/tensor/tensor.h"

namespace tern {

/// What a learned number a of a group stands for.
struct LearnedStep {
  /// The stored scale is level * a; codes are sign(w) above half of it.
  float level = 1;
  /// The gradient passes straight through to weights up to clip * a, and not to those beyond.
  float clip = 1;
};

/// Learned step size quantization (Esser et al. 2020, arXiv 1902.08153) with Qn = Qp = 1: a is the
/// scale, codes are round(clip(w / a, -1, 1)).
inline constexpr LearnedStep kLearnedStepSize{1.0f, 1.0f};
/// ParetoQ's stretched elastic quantization (Liu et al. 2025, arXiv 2502.02631) for ternary
/// weights: a round(1.5 clip(w / a, -0.99, 0.99)) / 1.5, so the levels are 0 and +-2/3 a.
inline constexpr LearnedStep kStretchedElastic{2.0f / 3.0f, 0.99f};

/// The group quantizer of learned numbers, one a group: what the forward pass and packing share. A
/// stored scale is at least 1e-5 (as in ParetoQ's program), while the gradient of a number below
/// that passes as if it were not, so that it can come back.
struct LearnedScales {
  static constexpr float kSmallest = 1e-5f;
  const float* learned;
  float level;

  float scale(int64_t group) const {
    return stored_scale(std::max(level * learned[group], kSmallest));
  }
  float operator()(const float* w, int64_t n, int64_t group, int8_t* codes) const {
    const float stored = scale(group);
    threshold_codes(w, n, stored / 2, codes);
    return stored;
  }
};

/// w + lambda (Q(w) - w) with Q(w) = scale * code, in the type `out` (f32 or bf16). w (O, I) and
/// learned (groups), both f32. Scales are rounded to float16, as files hold them.
///
/// Backward, with g the gradient of the result, u = w / a and n the weights that share a:
///   dw += (1 - lambda) g + lambda g [|u| <= clip]
///   da += lambda / sqrt(n) * sum of g (level code - u where |u| <= clip, sign(w) beyond)
/// The factor 1 / sqrt(n) is that of the first paper with n its group; the programs of ParetoQ and
/// AngelSlim take n of the whole matrix.
Tensor learned_quantize(const Tensor& w, const Tensor& learned, LearnedStep step, Grouping grouping,
                        float lambda, DType out);

}  // namespace tern
