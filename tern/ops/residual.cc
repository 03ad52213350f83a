#include "tern/ops/residual.h"

#include "tern/kernels/residual.h"
#include "tern/ops/op.h"

namespace tern {

Tensor residual(const Tensor& x, const Tensor& branch) {
  const Zone zone("residual");
  check_same_shape("residual", x, branch);
  const Tensor y = Tensor::empty(x.shape(), DType::f32);
  for_float_type("residual", branch.dtype(), [&]<class T>() {
    kernels::residual_fwd<T>(x.values<const float>(), branch.values<const T>(), y.values<float>());
  });

  record("residual", y, {x, branch}, [=] {
    const Tensor dy = y.gradient_slot();
    for_float_type("residual", branch.dtype(), [&]<class T>() {
      if (!branch.requires_grad()) return;
      const auto [dbranch, fresh] = writable_gradient(branch);
      kernels::residual_bwd<T>(dy.values<const float>(), dbranch.values<T>(), fresh);
    });
    pass_gradient(dy, x);
  });
  return y;
}

}  // namespace tern
