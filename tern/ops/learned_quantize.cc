#include "tern/ops/learned_quantize.h"

#include <cmath>

#include "tern/kernels/lanes.h"
#include "tern/ops/op.h"
#include "tern/quant/quantize.h"

namespace tern {
namespace {

using kernels::lane_sum;

/// sum of g (level code - w / a), or sign(w) beyond the bound, over one group.
float learned_gradient(const float* g, const float* w, int64_t n, float a, LearnedStep step) {
  const float inverse = 1.0f / a, half = step.level * a / 2, bound = step.clip * a;
  return lane_sum(n, [=](int64_t i) {
    const float magnitude = std::abs(w[i]);
    const float code = magnitude > half ? step.level : 0.0f;
    const float growth = magnitude > bound ? 1.0f : code - magnitude * inverse;
    return g[i] * std::copysign(1.0f, w[i]) * growth;
  });
}

void add_weight_gradient(const float* g, const float* w, int64_t n, float bound, float lambda,
                         float* dw) {
  const float beyond = 1.0f - lambda;
  for (int64_t i = 0; i < n; ++i) dw[i] += g[i] * (std::abs(w[i]) > bound ? beyond : 1.0f);
}

void backward(const Tensor& effective, const Tensor& w, const Tensor& learned, LearnedStep step,
              Grouping grouping, float lambda) {
  const float* const g = effective.gradient_slot().data<const float>();
  const float* const weights = w.data<const float>();
  const LearnedScales scales{learned.data<const float>(), step.level};
  float* const dw = w.requires_grad() ? gradient(w).data<float>() : nullptr;
  float* const da = learned.requires_grad() ? gradient(learned).data<float>() : nullptr;
  for_each_place(w.rows(), w.cols(), grouping, [=](const GroupPlace& at) {
    const float* const gs = g + at.first;
    const float* const ws = weights + at.first;
    const float a = scales.scale(at.group) / step.level;
    if (da != nullptr) {
      const float factor = lambda / std::sqrt(static_cast<float>(at.n));
      da[at.group] += factor * learned_gradient(gs, ws, at.n, a, step);
    }
    if (dw != nullptr) {
      add_weight_gradient(gs, ws, at.n, step.clip * a, lambda, dw + at.first);
    }
  });
}

}  // namespace

Tensor learned_quantize(const Tensor& w, const Tensor& learned, LearnedStep step, Grouping grouping,
                        float lambda, DType out) {
  constexpr const char* kOp = "learned_quantize";
  const Zone zone(kOp);
  check(w.rank() == 2, "{}: expected a matrix, found the shape {}", kOp, to_string(w.shape()));
  check(lambda >= 0 && lambda <= 1, "{}: lambda must be between 0 and 1, found {}", kOp, lambda);
  const Shape groups = {grouping.scale_count(w.rows(), w.cols())};
  check(learned.shape() == groups, "{}: expected learned numbers of shape {}, found {}", kOp,
        to_string(groups), to_string(learned.shape()));

  const Tensor effective = Tensor::empty(w.shape(), out);
  effective.set_gradient_dtype(DType::f32);  // as that of all weights
  const LearnedScales scales{learned.data<const float>(), step.level};
  for_float_type(kOp, out, [&]<class T>() {
    fake_quantize_rows(w.data<const float>(), w.rows(), w.cols(), grouping, scales, lambda,
                       effective.data<T>());
  });
  record(kOp, effective, {w, learned},
         [=] { backward(effective, w, learned, step, grouping, lambda); });
  return effective;
}

}  // namespace tern
