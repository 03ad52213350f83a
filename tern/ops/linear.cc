#include "tern/ops/linear.h"

#include "tern/kernels/add_bias.h"
#include "tern/ops/product.h"

namespace tern {

Tensor linear(const Tensor& x, const Tensor& w, const Tensor& bias) {
  const Zone zone("linear");
  check(w.rank() == 2 && w.cols() == x.cols(),
        "linear: a weight of shape {} does not fit rows of {}", to_string(w.shape()), x.cols());
  check(w.dtype() == x.dtype(), "linear: the weight is {}, the input {}; cast one of them",
        name_of(w.dtype()), name_of(x.dtype()));
  const bool biased = bias.defined();
  check(!biased || bias.size() == w.rows(), "linear: a bias of {} numbers does not fit {} outputs",
        biased ? bias.size() : 0, w.rows());
  Shape shape = x.shape();
  shape.back() = w.dim(0);
  const Tensor y = Tensor::empty(shape, x.dtype());
  for_float_type("linear", x.dtype(), [&]<class T>() {
    kernels::gemm(matrix<const T>(x), matrix<const T>(w).t(), matrix<T>(y),
                  kernels::Into::overwrite);
    if (biased) {
      kernels::add_bias_fwd<T>(matrix<const T>(y), bias.data<const float>(), matrix<T>(y));
    }
  });

  record("linear", y, {x, w, bias}, [=] {
    for_float_type("linear", x.dtype(), [&]<class T>() {
      const auto dy = matrix<const T>(y.gradient_slot());
      add_product_to_gradient(dy, matrix<const T>(w), x);
      add_product_to_gradient(dy.t(), matrix<const T>(x), w);
      if (bias.requires_grad()) {
        kernels::add_bias_bwd<T>(dy, gradient(bias).data<float>());
      }
    });
  });
  return y;
}

}  // namespace tern
