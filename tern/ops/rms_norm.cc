#include "tern/ops/rms_norm.h"

#include "tern/kernels/rms_norm.h"
#include "tern/ops/op.h"

namespace tern {

namespace {

/// Calls body.template operator()<Out, In>() for the types of a norm's output and input.
template <class Body>
void for_types(DType out, DType in, Body&& body) {
  for_float_type("rms_norm", out, [&]<class Out>() {
    for_float_type("rms_norm", in, [&]<class In>() { body.template operator()<Out, In>(); });
  });
}

}  // namespace

Tensor rms_norm(const Tensor& x, const Tensor& gain, float epsilon, DType out) {
  const Zone zone("rms_norm");
  const bool with_gain = gain.defined();
  check(!with_gain || gain.size() == x.cols(),
        "rms_norm: a gain of {} numbers does not fit rows of {}", with_gain ? gain.size() : 0,
        x.cols());
  const Tensor y = Tensor::empty(x.shape(), out);
  const Tensor inverse_rms = Tensor::empty({x.rows()}, DType::f32);
  const float* gains = with_gain ? gain.data<float>() : nullptr;
  for_types(out, x.dtype(), [&]<class Out, class In>() {
    kernels::rms_norm_fwd(matrix<const In>(x), gains, epsilon, matrix<Out>(y),
                          inverse_rms.data<float>());
  });

  record("rms_norm", y, {x, gain}, [=] {
    for_types(out, x.dtype(), [&]<class Out, class In>() {
      kernels::rms_norm_bwd(matrix<const Out>(y.gradient_slot()), matrix<const In>(x), gains,
                            inverse_rms.data<float>(), matrix<In>(gradient(x)),
                            gain.requires_grad() ? gradient(gain).data<float>() : nullptr);
    });
  });
  return y;
}

}  // namespace tern
