#include "tern/ops/softmax.h"

#include "tern/kernels/softmax.h"
#include "tern/ops/op.h"

namespace tern {

Tensor softmax(const Tensor& x) {
  const Zone zone("softmax");
  check(x.dtype() == DType::f32, "softmax: expected an f32 tensor, found {}; cast it first",
        name_of(x.dtype()));
  const Tensor y = Tensor::empty(x.shape(), DType::f32);
  kernels::softmax_fwd(matrix<const float>(x), matrix<float>(y));

  record("softmax", y, {x}, [=] {
    kernels::softmax_bwd(matrix<const float>(y.gradient_slot()), matrix<const float>(y),
                         matrix<float>(gradient(x)));
  });
  return y;
}

}  // namespace tern
