#include "tern/ops/add_bias.h"

#include "tern/kernels/add_bias.h"
#include "tern/ops/straight_through.h"

namespace tern {

Tensor add_bias(const Tensor& x, const Tensor& bias) {
  const Zone zone("add_bias");
  check(bias.size() == x.cols(), "add_bias: a bias of {} numbers does not fit rows of {}",
        bias.size(), x.cols());
  const Tensor y = Tensor::empty(x.shape(), x.dtype());
  for_float_type("add_bias", x.dtype(), [&]<class T>() {
    kernels::add_bias_fwd<T>(matrix<const T>(x), bias.data<float>(), matrix<T>(y));
  });
  record("add_bias", y, {x, bias}, [=] {
    for_float_type("add_bias", x.dtype(), [&]<class T>() {
      if (bias.requires_grad()) {
        kernels::add_bias_bwd<T>(matrix<const T>(y.gradient_slot()), gradient(bias).data<float>());
      }
    });
    if (x.requires_grad()) pass_straight_through("add_bias", y, x);
  });
  return y;
}

}  // namespace tern
