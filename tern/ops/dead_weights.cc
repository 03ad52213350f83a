#include "tern/ops/dead_weights.h"

#include <vector>

#include "tern/kernels/dead_weights.h"
#include "tern/ops/op.h"

namespace tern {
namespace {

void check_codes(const char* op, const Tensor& w, const Tensor& codes) {
  check(w.rank() == 2, "{}: expected a matrix, found the shape {}", op, to_string(w.shape()));
  check_same_shape(op, w, codes);
}

}  // namespace

Tensor dead_weight_bias(const Tensor& w, const Tensor& codes, const Tensor& scale) {
  const Zone zone("dead_weight_bias");
  check_codes("dead_weight_bias", w, codes);
  const int64_t O = w.rows();
  check(scale.size() == 1 || scale.size() == O,
        "dead_weight_bias: expected one scale or {} of them, found {}", O, scale.size());
  const auto scale_of = [scale](int64_t o) {
    return scale.data<float>()[scale.size() == 1 ? 0 : o];
  };
  const Tensor sums = Tensor::empty({O}, DType::f32), bias = Tensor::empty({O}, DType::f32);
  kernels::dead_sums_fwd(matrix<const float>(w), matrix<const int8_t>(codes), sums.data<float>());
  for (int64_t o = 0; o < O; ++o) bias.data<float>()[o] = scale_of(o) * sums.data<float>()[o];

  record("dead_weight_bias", bias, {w, scale}, [=] {
    const float* dbias = bias.gradient_slot().data<float>();
    if (w.requires_grad()) {
      std::vector<float> dsums(static_cast<size_t>(O));
      for (int64_t o = 0; o < O; ++o) dsums[o] = scale_of(o) * dbias[o];
      kernels::dead_sums_bwd(dsums.data(), matrix<const int8_t>(codes), matrix<float>(gradient(w)));
    }
    if (scale.requires_grad()) {
      float* dscale = gradient(scale).data<float>();
      for (int64_t o = 0; o < O; ++o) {
        dscale[scale.size() == 1 ? 0 : o] += dbias[o] * sums.data<float>()[o];
      }
    }
  });
  return bias;
}

void boost_dead_gradient(const Tensor& w, const Tensor& codes, float factor) {
  check_codes("boost_dead_gradient", w, codes);
  check(factor >= 0, "boost_dead_gradient: the factor must be 0 or more, found {}", factor);
  kernels::scale_dead(matrix<const int8_t>(codes), factor, matrix<float>(gradient(w)));
}

}  // namespace tern
