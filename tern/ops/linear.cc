#include "tern/ops/linear.h"

#include "tern/kernels/gemm.h"
#include "tern/ops/op.h"

namespace tern {
namespace {

/// Adds a product into the gradient of x, or writes it when the gradient is fresh.
template <class In>
void add_product(kernels::Matrix<const In> a, kernels::Matrix<const In> b, const Tensor& x) {
  const auto [gradient, fresh] = writable_gradient(x);
  const kernels::Into into = fresh ? kernels::Into::overwrite : kernels::Into::accumulate;
  if (gradient.dtype() == DType::f32) {
    kernels::gemm(a, b, matrix<float>(gradient), into);
  } else if constexpr (std::is_same_v<In, bf16>) {
    kernels::gemm(a, b, matrix<bf16>(gradient), into);
  }
}

}  // namespace

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
      if (x.requires_grad()) add_product(dy, matrix<const T>(w), x);
      if (w.requires_grad()) add_product(dy.t(), matrix<const T>(x), w);
    });
  });
  return y;
}

}  // namespace tern
