#include "tern/ops/matmul.h"

#include "tern/ops/product.h"

namespace tern {
namespace {

using kernels::Matrix;

template <class T>
Matrix<const T> view(const Tensor& x, Use use) {
  const auto plain = matrix<const T>(x);
  return use == Use::plain ? plain : plain.t();
}

/// Adds p q, the gradient of x as it is used, to the gradient of x.
template <class T>
void add_used(Matrix<const T> p, Matrix<const T> q, const Tensor& x, Use use) {
  if (use == Use::plain) return add_product_to_gradient(p, q, x);
  add_product_to_gradient(q.t(), p.t(), x);
}

}  // namespace

Tensor matmul(const Tensor& a, const Tensor& b, Use use_a, Use use_b) {
  const Zone zone("matmul");
  check(a.rank() == 2 && b.rank() == 2, "matmul: expected two matrices, found the shapes {} and {}",
        to_string(a.shape()), to_string(b.shape()));
  check(a.dtype() == b.dtype(), "matmul: the types {} and {} differ; cast one of them",
        name_of(a.dtype()), name_of(b.dtype()));
  const bool ta = use_a == Use::transposed, tb = use_b == Use::transposed;
  check(a.dim(ta ? 0 : 1) == b.dim(tb ? 1 : 0), "matmul: {}{} does not fit {}{}",
        to_string(a.shape()), ta ? " transposed" : "", to_string(b.shape()),
        tb ? " transposed" : "");
  const Tensor y = Tensor::empty({a.dim(ta ? 1 : 0), b.dim(tb ? 0 : 1)}, a.dtype());
  for_float_type("matmul", y.dtype(), [&]<class T>() {
    kernels::gemm(view<T>(a, use_a), view<T>(b, use_b), matrix<T>(y), kernels::Into::overwrite);
  });

  record("matmul", y, {a, b}, [=] {
    for_float_type("matmul", y.dtype(), [&]<class T>() {
      const auto dy = matrix<const T>(y.gradient_slot());
      add_used(dy, view<T>(b, use_b).t(), a, use_a);
      add_used(view<T>(a, use_a).t(), dy, b, use_b);
    });
  });
  return y;
}

}  // namespace tern
