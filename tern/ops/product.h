#pragma once

#include "tern/kernels/gemm.h"
#include "tern/ops/op.h"

namespace tern {

/// Adds the product p q to the gradient of x, or writes it there when the gradient is fresh: the
/// backward pass of every op that multiplies matrices. T is float or bf16; does nothing when x
/// needs no gradient.
template <class T>
void add_product_to_gradient(kernels::Matrix<const T> p, kernels::Matrix<const T> q,
                             const Tensor& x) {
  if (!x.requires_grad()) return;
  const auto [dx, fresh] = writable_gradient(x);
  const kernels::Into into = fresh ? kernels::Into::overwrite : kernels::Into::accumulate;
  if (dx.dtype() == DType::f32) {
    kernels::gemm(p, q, matrix<float>(dx), into);
  } else if constexpr (std::is_same_v<T, bf16>) {
    kernels::gemm(p, q, matrix<bf16>(dx), into);
  }
}

}  // namespace tern
