#pragma once

#include <vector>

#include "tern/kernels/view.h"

namespace tern::kernels::ref {

/// a^-1 of a positive definite matrix by Gauss and Jordan's elimination, which needs no pivots
/// here.
template <class T>
void spd_inverse(Matrix<T> a) {
  for (int64_t k = 0; k < a.rows; ++k) {
    const T pivot = 1 / a.row(k)[k];
    a.row(k)[k] = 1;
    for (int64_t j = 0; j < a.cols; ++j) a.row(k)[j] *= pivot;
    for (int64_t i = 0; i < a.rows; ++i) {
      if (i == k) continue;
      const T factor = a.row(i)[k];
      a.row(i)[k] = 0;
      for (int64_t j = 0; j < a.cols; ++j) a.row(i)[j] -= factor * a.row(k)[j];
    }
  }
}

}  // namespace tern::kernels::ref
