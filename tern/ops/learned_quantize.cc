#include "tern/ops/learned_quantize.h"

#include <cmath>

#include "tern/kernels/lanes.h"
#include "tern/ops/op.h"
#include "tern/quant/quantize.h"

namespace tern {
namespace {

using kernels::lane_sum;

float shift_of(const Tensor& shifts, int64_t group) {
  return shifts.defined() ? stored_scale(shifts.data<const float>()[group]) : 0.0f;
}

template <class Out>
void mix_shifted(const float* w, int64_t n, const int8_t* codes, float scale, float shift,
                 float lambda, Out* effective) {
  if (lambda == 1.0f) {
    for (int64_t i = 0; i < n; ++i) effective[i] = static_cast<Out>(scale * codes[i] + shift);
  } else {
    for (int64_t i = 0; i < n; ++i) {
      effective[i] = static_cast<Out>(w[i] + lambda * (scale * codes[i] + shift - w[i]));
    }
  }
}

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

void backward(const Tensor& effective, const Tensor& w, const Tensor& learned, const Tensor& shifts,
              LearnedStep step, Grouping grouping, float lambda) {
  const float* const g = effective.gradient_slot().data<const float>();
  const float* const weights = w.data<const float>();
  const LearnedScales scales{learned.data<const float>(), step.level};
  float* const dw = w.requires_grad() ? gradient(w).data<float>() : nullptr;
  float* const da = learned.requires_grad() ? gradient(learned).data<float>() : nullptr;
  const bool shifted = shifts.defined() && shifts.requires_grad();
  float* const dshift = shifted ? gradient(shifts).data<float>() : nullptr;
  for_each_place(w.rows(), w.cols(), grouping, [=](const GroupPlace& at) {
    const float* const gs = g + at.first;
    const float* const ws = weights + at.first;
    const float a = scales.scale(at.group) / step.level;
    if (da != nullptr) {
      const float factor = lambda / std::sqrt(static_cast<float>(at.n));
      da[at.group] += factor * learned_gradient(gs, ws, at.n, a, step);
    }
    if (dshift != nullptr) {
      dshift[at.group] += lambda * lane_sum(at.n, [=](int64_t i) { return gs[i]; });
    }
    if (dw != nullptr) {
      add_weight_gradient(gs, ws, at.n, step.clip * a, lambda, dw + at.first);
    }
  });
}

}  // namespace

Tensor learned_quantize(const Tensor& w, const Tensor& learned, const Tensor& shifts,
                        LearnedStep step, Grouping grouping, float lambda, DType out) {
  constexpr const char* kOp = "learned_quantize";
  const Zone zone(kOp);
  check(w.rank() == 2, "{}: expected a matrix, found the shape {}", kOp, to_string(w.shape()));
  check(lambda >= 0 && lambda <= 1, "{}: lambda must be between 0 and 1, found {}", kOp, lambda);
  const Shape groups = {grouping.scale_count(w.rows(), w.cols())};
  check(learned.shape() == groups, "{}: expected learned numbers of shape {}, found {}", kOp,
        to_string(groups), to_string(learned.shape()));
  if (shifts.defined()) check_same_shape(kOp, learned, shifts);

  const Tensor effective = Tensor::empty(w.shape(), out);
  effective.set_gradient_dtype(DType::f32);  // as that of all weights
  const LearnedScales scales{learned.data<const float>(), step.level};
  const float* const weights = w.data<const float>();
  for_float_type(kOp, out, [&]<class T>() {
    T* const numbers = effective.data<T>();
    for_each_group(weights, w.rows(), w.cols(), grouping, scales,
                   [&](const GroupPlace& at, const int8_t* codes, float scale) {
                     mix_shifted(weights + at.first, at.n, codes, scale, shift_of(shifts, at.group),
                                 lambda, numbers + at.first);
                   });
  });
  const auto run = [=] { backward(effective, w, learned, shifts, step, grouping, lambda); };
  if (shifts.defined()) {
    record(kOp, effective, {w, learned, shifts}, run);
  } else {
    record(kOp, effective, {w, learned}, run);
  }
  return effective;
}

}  // namespace tern
