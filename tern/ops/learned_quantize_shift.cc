#include "tern/ops/learned_quantize_shift.h"

#include "tern/kernels/lanes.h"
#include "tern/ops/op.h"
#include "tern/ops/straight_through.h"
#include "tern/quant/quantize.h"

namespace tern {
namespace {

constexpr const char* kOp = "learned_quantize_shift";

using kernels::lane_sum;

/// The gradients of scales and shifts; the codes are found again, which is cheaper than keeping
/// them.
void add_level_gradients(const Tensor& effective, const Tensor& w, const LearnedLevels& levels,
                         const Tensor& scales, const Tensor& shifts, Grouping grouping,
                         float lambda) {
  const float* const g = effective.gradient_slot().data<const float>();
  float* const dscale = gradient(scales).data<float>();
  float* const dshift = gradient(shifts).data<float>();
  for_each_group(w.data<const float>(), w.rows(), w.cols(), grouping, levels,
                 [=](const GroupPlace& at, const int8_t* codes, float) {
                   const float* const gs = g + at.first;
                   dscale[at.group] +=
                       lambda * lane_sum(at.n, [=](int64_t i) { return gs[i] * codes[i]; });
                   dshift[at.group] += lambda * lane_sum(at.n, [=](int64_t i) { return gs[i]; });
                 });
}

}  // namespace

Tensor learned_quantize_shift(const Tensor& w, const GroupRule& rule, const Tensor& scales,
                              const Tensor& shifts, Grouping grouping, float lambda, DType out) {
  const Zone zone(kOp);
  check(w.rank() == 2, "{}: expected a matrix, found the shape {}", kOp, to_string(w.shape()));
  check(lambda >= 0 && lambda <= 1, "{}: lambda must be between 0 and 1, found {}", kOp, lambda);
  const Shape groups = {grouping.scale_count(w.rows(), w.cols())};
  check(scales.shape() == groups, "{}: expected scales of shape {}, found {}", kOp,
        to_string(groups), to_string(scales.shape()));
  check_same_shape(kOp, scales, shifts);

  const Tensor effective = Tensor::empty(w.shape(), out);
  effective.set_gradient_dtype(DType::f32);  // as that of all weights
  const LearnedLevels levels{rule, {scales.data<const float>(), 1.0f}};
  const float* const weights = w.data<const float>();
  const float* const shift = shifts.data<const float>();
  for_float_type(kOp, out, [&]<class T>() {
    T* const numbers = effective.data<T>();
    for_each_group(weights, w.rows(), w.cols(), grouping, levels,
                   [=](const GroupPlace& at, const int8_t* codes, float scale) {
                     detail::mix(weights + at.first, at.n, codes, scale,
                                 stored_scale(shift[at.group]), lambda, numbers + at.first);
                   });
  });
  record(kOp, effective, {w, scales, shifts}, [=] {
    if (scales.requires_grad()) {
      add_level_gradients(effective, w, levels, scales, shifts, grouping, lambda);
    }
    if (w.requires_grad()) pass_straight_through(kOp, effective, w);  // last: it may take the slot
  });
  return effective;
}

}  // namespace tern
