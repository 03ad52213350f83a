#pragma once

#include "tern/kernels/gemm.h"

namespace tern::kernels::ref {

/// y = f(a, b) or y += f(a, b) with any strides.
template <class F>
void elementwise(Into into, Matrix<float> y, const F& f, Matrix<const float> a,
                 Matrix<const float> b) {
  for (int64_t i = 0; i < y.rows; ++i) {
    for (int64_t j = 0; j < y.cols; ++j) {
      const float value = f(a.row(i)[j * a.col_stride], b.row(i)[j * b.col_stride]);
      float& to = y.row(i)[j];
      to = into == Into::overwrite ? value : to + value;
    }
  }
}

}  // namespace tern::kernels::ref
