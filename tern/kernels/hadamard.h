#pragma once

#include <cstdint>

#include "tern/base/bf16.h"
#include "tern/base/rng.h"
#include "tern/kernels/gemm.h"
#include "tern/kernels/view.h"

namespace tern::kernels {

/// The sign of a column in the rotation below. Files depend on it: it never changes.
inline float hadamard_sign(int64_t column) {
  return mix64(static_cast<uint64_t>(column) + 1) >> 63 != 0 ? -1.0f : 1.0f;
}

/// The rotation R = H S / sqrt(block) of every block of neighbours in a row: S flips the sign of
/// some columns (hadamard_sign), H is the Hadamard matrix in Sylvester's order, H[i][j] =
/// (-1)^popcount(i & j). R is orthonormal: it keeps inner products, and spreads an outlier over its
/// block. y = R x, row by row; x (N, C), `block` is a power of two that divides C. y may be x.
/// Costs log2(block) additions a number; sums in float. T is float or bf16.
template <class T>
void hadamard_fwd(Matrix<const T> x, int64_t block, Matrix<T> y);

/// dx (+)= R^T dy. D, the type of dx, is float or bf16.
template <class T, class D>
void hadamard_bwd(Matrix<const T> dy, int64_t block, Matrix<D> dx, Into into);

}  // namespace tern::kernels
