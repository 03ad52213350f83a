#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "tern/kernels/hadamard.h"

namespace tern::kernels::ref {

/// Element (i, j) of the rotation of one block whose first column is `first`.
inline double hadamard_element(int64_t i, int64_t j, int64_t first, int64_t block) {
  const bool odd = std::popcount(static_cast<uint64_t>(i & j)) % 2 != 0;
  return (odd ? -1 : 1) * hadamard_sign(first + j) / std::sqrt(static_cast<double>(block));
}

/// One row of y = R x, as the product with a matrix.
template <class T>
void hadamard_fwd(const T* x, int64_t C, int64_t block, T* y) {
  for (int64_t c = 0; c < C; ++c) {
    const int64_t first = c / block * block;
    y[c] = T(0);
    for (int64_t j = 0; j < block; ++j) {
      y[c] += T(hadamard_element(c - first, j, first, block)) * x[first + j];
    }
  }
}

/// Adds one row's R^T dy into dx.
template <class T>
void hadamard_bwd(const T* dy, int64_t C, int64_t block, T* dx) {
  for (int64_t c = 0; c < C; ++c) {
    const int64_t first = c / block * block;
    for (int64_t i = 0; i < block; ++i) {
      dx[c] += T(hadamard_element(i, c - first, first, block)) * dy[first + i];
    }
  }
}

}  // namespace tern::kernels::ref
