#include "tern/ops/linear.h"

#include "tern/ops/product.h"

namespace tern {
Tensor linear(const Tensor& x, const Tensor& w) {
  const Zone zone("linear");
  check(w.rank() == 2 && w.cols() == x.cols(),
        "linear: a weight of shape {} does not fit rows of {}", to_string(w.shape()), x.cols());
  check(w.dtype() == x.dtype(), "linear: the weight is {}, the input {}; cast one of them",
        name_of(w.dtype()), name_of(x.dtype()));
  Shape shape = x.shape();
  shape.back() = w.dim(0);
  const Tensor y = Tensor::empty(shape, x.dtype());
  for_float_type("linear", x.dtype(), [&]<class T>() {
    kernels::gemm(matrix<const T>(x), matrix<const T>(w).t(), matrix<T>(y),
                  kernels::Into::overwrite);
  });

  record("linear", y, {x, w}, [=] {
    for_float_type("linear", x.dtype(), [&]<class T>() {
      const auto dy = matrix<const T>(y.gradient_slot());
      add_product_to_gradient(dy, matrix<const T>(w), x);
      add_product_to_gradient(dy.t(), matrix<const T>(x), w);
    });
  });
  return y;
}

}  // namespace tern
