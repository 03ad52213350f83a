#include "tern/kernels/add_bias.h"

#include <algorithm>
#include <vector>

#include "tern/parallel/parallel.h"

namespace tern::kernels {

template <class T>
void add_bias_fwd(Matrix<const T> x, const float* bias, Matrix<T> y) {
  constexpr int64_t kRowGrain = 16;
  parallel_for(x.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      const T* in = x.row(n);
      T* out = y.row(n);
      for (int64_t c = 0; c < x.cols; ++c) {
        out[c] = static_cast<T>(static_cast<float>(in[c]) + bias[c]);
      }
    }
  });
}

namespace {

constexpr int64_t kColumns = 64;  // whose sums fit into registers
constexpr int64_t kRows = 16;     // few enough for float to lose little, and for the L1 cache

/// Adds to each sums[c] the sum over `rows` rows of column c, for the columns from `first` on.
template <class T>
void add_column_sums(Matrix<const T> rows, int64_t first, int64_t count, double* sums) {
  float part[kColumns] = {};
  const auto add = [&](int64_t columns) {
    for (int64_t n = 0; n < rows.rows; ++n) {
      const T* row = rows.row(n) + first;
      for (int64_t c = 0; c < columns; ++c) part[c] += static_cast<float>(row[c]);
    }
  };
  if (count == kColumns) {
    add(kColumns);  // a constant
  } else {
    add(count);
  }
  for (int64_t c = 0; c < count; ++c) sums[c] += part[c];
}

}  // namespace

template <class T>
void add_bias_bwd(Matrix<const T> dy, float* dbias) {
  const int64_t slices = (dy.cols + kColumns - 1) / kColumns;
  parallel_for(slices, 1, [&](int64_t begin, int64_t end) {
    const int64_t from = begin * kColumns, to = std::min(end * kColumns, dy.cols);
    std::vector<double> sums(static_cast<size_t>(to - from));
    for (int64_t n = 0; n < dy.rows; n += kRows) {
      const auto rows = dy.rows_from(n, std::min(kRows, dy.rows - n));
      for (int64_t first = from; first < to; first += kColumns) {
        add_column_sums(rows, first, std::min(kColumns, to - first), &sums[first - from]);
      }
    }
    for (int64_t c = from; c < to; ++c) dbias[c] += static_cast<float>(sums[c - from]);
  });
}

template void add_bias_fwd(Matrix<const float>, const float*, Matrix<float>);
template void add_bias_fwd(Matrix<const bf16>, const float*, Matrix<bf16>);
template void add_bias_bwd(Matrix<const float>, float*);
template void add_bias_bwd(Matrix<const bf16>, float*);

}  // namespace tern::kernels
