#include "tern/kernels/symmetric_gemm.h"

#include <algorithm>

namespace tern::kernels {
namespace {

/// Blocks of this size or less are multiplied whole: products of less would run slower than they
/// save.
constexpr int64_t kWhole = 160;

/// Columns [begin, begin + count).
template <class T>
Matrix<T> columns(Matrix<T> a, int64_t begin, int64_t count) {
  return {a.data + begin * a.col_stride, a.rows, count, a.row_stride, a.col_stride};
}

template <class T>
void multiply(Matrix<const T> a, Matrix<const T> b, Matrix<float> c, Into into) {
  const int64_t n = c.rows;
  if (n <= kWhole) return gemm(a, b, c, into);
  const int64_t h = n / 2, k = n - h;
  const auto upper = c.rows_from(0, h), lower = c.rows_from(h, k);
  multiply(a.rows_from(0, h), columns(b, 0, h), columns(upper, 0, h), into);
  multiply(a.rows_from(h, k), columns(b, h, k), columns(lower, h, k), into);
  gemm(a.rows_from(h, k), columns(b, 0, h), columns(lower, 0, h), into);
  transpose(columns(lower, 0, h), columns(upper, h, k));
}

}  // namespace

void symmetric_gemm(Matrix<const float> a, Matrix<const float> b, Matrix<float> c, Into into) {
  multiply(a, b, c, into);
}
void symmetric_gemm(Matrix<const bf16> a, Matrix<const bf16> b, Matrix<float> c, Into into) {
  multiply(a, b, c, into);
}

void transpose(Matrix<const float> from, Matrix<float> to) {
  constexpr int64_t kTile = 16;  // a tile of both fits the nearest cache
  for (int64_t r = 0; r < from.rows; r += kTile) {
    const int64_t r_end = std::min(r + kTile, from.rows);
    for (int64_t c = 0; c < from.cols; c += kTile) {
      const int64_t c_end = std::min(c + kTile, from.cols);
      for (int64_t i = r; i < r_end; ++i) {
        for (int64_t j = c; j < c_end; ++j) to.row(j)[i] = from.row(i)[j];
      }
    }
  }
}

}  // namespace tern::kernels
