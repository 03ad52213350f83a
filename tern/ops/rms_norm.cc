#include "tern/ops/rms_norm.h"

#include "tern/kernels/rms_norm.h"
#include "tern/ops/op.h"

namespace tern {

Tensor rms_norm(const Tensor& x, const Tensor& gain, float epsilon, DType out) {
  const Zone zone("rms_norm");
  check(gain.size() == x.cols(), "rms_norm: a gain of {} numbers does not fit rows of {}",
        gain.size(), x.cols());
  const Tensor y = Tensor::empty(x.shape(), out);
  const Tensor inverse_rms = Tensor::empty({x.rows()}, DType::f32);
  for_float_type("rms_norm", out, [&]<class Out>() {
    kernels::rms_norm_fwd(matrix<const float>(x), gain.data<float>(), epsilon, matrix<Out>(y),
                          inverse_rms.data<float>());
  });

  record("rms_norm", y, {x, gain}, [=] {
    for_float_type("rms_norm", out, [&]<class Out>() {
      kernels::rms_norm_bwd(matrix<const Out>(y.gradient_slot()), matrix<const float>(x),
                            gain.data<float>(), inverse_rms.data<float>(),
                            matrix<float>(gradient(x)), gradient(gain).data<float>());
    });
  });
  return y;
}

}  // namespace tern
