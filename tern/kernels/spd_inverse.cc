#include "tern/kernels/spd_inverse.h"

#include <algorithm>
#include <cmath>

#include "tern/kernels/gemm.h"
#include "tern/kernels/scratch.h"
#include "tern/kernels/symmetric_gemm.h"

namespace tern::kernels {
namespace {

/// Below this a matrix product would cost more in calling than in computing.
constexpr int64_t kSmall = 48;

/// The four blocks of a square matrix cut after row and column h = n / 2.
struct Quarters {
  Matrix<float> upper_left, upper_right, lower_left, lower_right;

  explicit Quarters(Matrix<float> a) : Quarters(a, a.rows / 2, a.rows - a.rows / 2) {}
  Quarters(Matrix<float> a, int64_t h, int64_t k)
      : upper_left(a.data, h, h, a.row_stride),
        upper_right(a.data + h, h, k, a.row_stride),
        lower_left(a.row(h), k, h, a.row_stride),
        lower_right(a.row(h) + h, k, k, a.row_stride) {}
};

template <class Body>
void for_each_row(Matrix<float> a, Body&& body) {
  for (int64_t i = 0; i < a.rows; ++i) body(a.row(i));
}

/// Rows [r, r + rows) and columns [c, c + cols).
Matrix<float> block(Matrix<float> a, int64_t r, int64_t c, int64_t rows, int64_t cols) {
  return {a.row(r) + c, rows, cols, a.row_stride};
}

// Products with a lower triangular matrix, halved where that leaves out its quarter of zeros.

/// c = triangle b.
void triangle_times(Matrix<float> triangle, Matrix<float> b, Matrix<float> c) {
  const int64_t h = triangle.rows / 2, k = triangle.rows - h;
  gemm(block(triangle, 0, 0, h, h), b.rows_from(0, h), c.rows_from(0, h), Into::overwrite);
  gemm(triangle.rows_from(h, k), b, c.rows_from(h, k), Into::overwrite);
}

/// c = triangle^T b.
void transposed_triangle_times(Matrix<float> triangle, Matrix<float> b, Matrix<float> c) {
  const int64_t h = triangle.rows / 2, k = triangle.rows - h;
  gemm(block(triangle, 0, 0, h + k, h).t(), b, c.rows_from(0, h), Into::overwrite);
  gemm(block(triangle, h, h, k, k).t(), b.rows_from(h, k), c.rows_from(h, k), Into::overwrite);
}

/// c = a triangle.
void times_triangle(Matrix<float> a, Matrix<float> triangle, Matrix<float> c) {
  const int64_t h = triangle.rows / 2, k = triangle.rows - h;
  gemm(a, block(triangle, 0, 0, h + k, h), block(c, 0, 0, c.rows, h), Into::overwrite);
  gemm(block(a, 0, h, a.rows, k), block(triangle, h, h, k, k), block(c, 0, h, c.rows, k),
       Into::overwrite);
}

/// inverse_factor = L^-1 by elimination of what is below a's diagonal. Uses a up.
void eliminate(Matrix<float> a, Matrix<float> inverse_factor) {
  const int64_t n = a.rows;
  for (int64_t i = 0; i < n; ++i) {
    std::fill_n(inverse_factor.row(i), n, 0.0f);
    inverse_factor.row(i)[i] = 1;
  }
  for (int64_t k = 0; k < n; ++k) {
    const float* __restrict pivot_row = a.row(k);
    float* __restrict pivot_inverse = inverse_factor.row(k);
    const float pivot = pivot_row[k];
    for (int64_t i = k + 1; i < n; ++i) {
      float* __restrict row = a.row(i);
      float* __restrict inverse = inverse_factor.row(i);
      const float factor = row[k] / pivot;
      for (int64_t j = 0; j < n; ++j) row[j] -= factor * pivot_row[j];
      for (int64_t j = 0; j < n; ++j) inverse[j] -= factor * pivot_inverse[j];
    }
    const float scale = 1 / std::sqrt(pivot);
    for (int64_t j = 0; j < n; ++j) pivot_inverse[j] *= scale;
  }
}

/// square = y^T y for a lower triangular y.
void triangle_square(Matrix<float> y, Matrix<float> square) {
  if (y.rows <= kSmall) return gemm(y.t(), y, square, Into::overwrite);
  const Quarters Y(y), S(square);
  triangle_square(Y.upper_left, S.upper_left);
  symmetric_gemm(Y.lower_left.t(), Y.lower_left, S.upper_left, Into::accumulate);
  triangle_square(Y.lower_right, S.lower_right);
  transposed_triangle_times(Y.lower_right, Y.lower_left, S.lower_left);
  transpose(S.lower_left, S.upper_right);
}

}  // namespace

void inverse_cholesky(Matrix<float> a, Matrix<float> inverse_factor) {
  if (a.rows <= kSmall) return eliminate(a, inverse_factor);
  const Quarters A(a), inverse(inverse_factor);
  inverse_cholesky(A.upper_left, inverse.upper_left);
  // Of the factor, U = L21^T and then -L21. (A product with a transposed result would be slow.)
  const auto U = inverse.upper_right, lower = A.lower_left;
  triangle_times(inverse.upper_left, A.upper_right, U);
  transpose(U, lower);
  for_each_row(lower, [&](float* row) {
    for (int64_t j = 0; j < lower.cols; ++j) row[j] = -row[j];
  });
  symmetric_gemm(lower, U, A.lower_right, Into::accumulate);
  inverse_cholesky(A.lower_right, inverse.lower_right);
  for_each_row(U, [&](float* row) { std::fill_n(row, U.cols, 0.0f); });
  // Of its inverse, -L22^-1 L21 L11^-1.
  triangle_times(inverse.lower_right, lower, inverse.lower_left);
  for (int64_t i = 0; i < lower.rows; ++i) {
    std::copy_n(inverse.lower_left.row(i), lower.cols, lower.row(i));
  }
  times_triangle(lower, inverse.upper_left, inverse.lower_left);
}

void spd_inverse(Matrix<float> a) {
  thread_local Scratch<float> scratch;
  const Matrix<float> inverse_factor(scratch.at_least(a.rows * a.rows), a.rows, a.rows);
  inverse_cholesky(a, inverse_factor);
  triangle_square(inverse_factor, a);
}

}  // namespace tern::kernels
