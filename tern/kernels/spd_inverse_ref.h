#pragma once

#include <cmath>
#include <vector>

#include "tern/kernels/view.h"

namespace tern::kernels::ref {

/// inverse_factor = L^-1 where a = L L^T: Cholesky's factor in place of a's lower triangle, then
/// forward substitution of the unit vectors.
template <class T>
void inverse_cholesky(Matrix<T> a, Matrix<T> inverse_factor) {
  for (int64_t i = 0; i < a.rows; ++i) {
    for (int64_t j = 0; j <= i; ++j) {
      T rest = a.row(i)[j];
      for (int64_t k = 0; k < j; ++k) rest -= a.row(i)[k] * a.row(j)[k];
      a.row(i)[j] = i == j ? std::sqrt(rest) : rest / a.row(j)[j];
    }
  }
  for (int64_t i = 0; i < a.rows; ++i) {
    for (int64_t j = 0; j < a.cols; ++j) {
      T rest = i == j ? 1 : 0;
      for (int64_t k = 0; k < i; ++k) rest -= a.row(i)[k] * inverse_factor.row(k)[j];
      inverse_factor.row(i)[j] = rest / a.row(i)[i];
    }
  }
}

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
