#pragma once

#include "tern/kernels/view.h"

namespace tern::kernels::ref {

/// c = a b for a product that is known to be symmetric: below the diagonal as the sum over k in
/// order, above it the mirror image.
template <class Sum, class In>
void symmetric_gemm(Matrix<const In> a, Matrix<const In> b, Matrix<float> c) {
  for (int64_t i = 0; i < c.rows; ++i) {
    for (int64_t j = 0; j <= i; ++j) {
      Sum sum(0);
      for (int64_t k = 0; k < a.cols; ++k) {
        sum += static_cast<Sum>(static_cast<float>(a.data[i * a.row_stride + k * a.col_stride])) *
               static_cast<Sum>(static_cast<float>(b.data[k * b.row_stride + j * b.col_stride]));
      }
      c.row(i)[j] = c.row(j)[i] = static_cast<float>(sum);
    }
  }
}

}  // namespace tern::kernels::ref
