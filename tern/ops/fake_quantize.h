#pragma once

#include "tern/autograd/tape.h"
#include "tern/base/profile.h"
#include "tern/quant/quantize.h"
#include "tern/tensor/tensor.h"

namespace tern {

/// The weights that a ternary layer multiplies by: w + lambda (Q(w) - w) in the type `out` (f32 or
/// bf16), quantized group by group in one fused pass. w (O, I) f32. Backward: the identity
/// straight-through estimator, so the result shares its gradient with w.
template <GroupQuantizer Quantizer>
Tensor fake_quantize(const Tensor& w, const Quantizer& quantizer, Grouping grouping, float lambda,
                     DType out) {
  const Zone zone("fake_quantize");
  check(w.rank() == 2, "fake_quantize: expected a matrix, found the shape {}",
        to_string(w.shape()));
  check(lambda >= 0 && lambda <= 1, "fake_quantize: lambda must be between 0 and 1, found {}",
        lambda);
  const Tensor effective = Tensor::empty(w.shape(), out);
  const auto run = [&](auto* numbers) {
    fake_quantize_rows(w.data<const float>(), w.rows(), w.cols(), grouping, quantizer, lambda,
                       numbers);
  };
  if (out == DType::bf16) {
    run(effective.data<bf16>());
  } else {
    run(effective.data<float>());
  }
  share_gradient(w, effective);
  return effective;
}

}  // namespace tern
