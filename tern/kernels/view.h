#pragma once

#include <cstdint>
#include <type_traits>

namespace tern::kernels {

/// A matrix somewhere in memory: rows x cols elements of T, not owned. Row-major when
/// col_stride is 1; t() swaps the two without moving anything.
template <class T>
struct Matrix {
  T* data = nullptr;
  int64_t rows = 0;
  int64_t cols = 0;
  int64_t row_stride = 0;
  int64_t col_stride = 1;

  Matrix() = default;
  Matrix(T* data, int64_t rows, int64_t cols) : Matrix(data, rows, cols, cols) {}
  Matrix(T* data, int64_t rows, int64_t cols, int64_t row_stride, int64_t col_stride = 1)
      : data(data), rows(rows), cols(cols), row_stride(row_stride), col_stride(col_stride) {}

  T* row(int64_t i) const { return data + i * row_stride; }
  int64_t size() const { return rows * cols; }
  Matrix t() const { return {data, cols, rows, col_stride, row_stride}; }
  /// Rows [begin, begin + count).
  Matrix rows_from(int64_t begin, int64_t count) const {
    return {row(begin), count, cols, row_stride, col_stride};
  }

  operator Matrix<const T>() const requires(!std::is_const_v<T>) {
    return {data, rows, cols, row_stride, col_stride};
  }
};

}  // namespace tern::kernels
