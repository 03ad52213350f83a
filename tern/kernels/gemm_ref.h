#pragma once

#include "tern/kernels/gemm.h"

namespace tern::kernels::ref {

/// c (+)= a b, the sum over k in order, in `Sum`.
template <class Sum, class In, class Out>
void gemm(Matrix<const In> a, Matrix<const In> b, Matrix<Out> c, Into into) {
  const auto at = [](const auto& m, int64_t i, int64_t j) -> auto& {
    return m.data[i * m.row_stride + j * m.col_stride];
  };
  for (int64_t i = 0; i < c.rows; ++i) {
    for (int64_t j = 0; j < c.cols; ++j) {
      Sum sum =
          into == Into::accumulate ? static_cast<Sum>(static_cast<float>(at(c, i, j))) : Sum(0);
      for (int64_t k = 0; k < a.cols; ++k) {
        sum += static_cast<Sum>(static_cast<float>(at(a, i, k))) *
               static_cast<Sum>(static_cast<float>(at(b, k, j)));
      }
      at(c, i, j) = static_cast<Out>(static_cast<float>(sum));
    }
  }
}

}  // namespace tern::kernels::ref
