#include "tern/kernels/sum.h"

#include <algorithm>
#include <vector>

#include "tern/kernels/lanes.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {

float sum(Matrix<const float> x) {
  // Blocks of a fixed size in float, their sums in double.
  constexpr int64_t kBlock = 4096;
  const int64_t per_row = (x.cols + kBlock - 1) / kBlock;
  std::vector<float> partial(static_cast<size_t>(x.rows * per_row));
  parallel_for(x.rows * per_row, 4, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t first = i % per_row * kBlock;
      const float* block = x.row(i / per_row) + first;
      partial[i] = lane_sum(std::min(kBlock, x.cols - first), [&](int64_t c) { return block[c]; });
    }
  });
  double total = 0;
  for (const float value : partial) total += value;
  return static_cast<float>(total);
}

void add_sums_of_rows(Matrix<const float> x, float* out) {
  constexpr int64_t kRowGrain = 16;
  parallel_for(x.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      const float* row = x.row(n);
      out[n] += lane_sum(x.cols, [&](int64_t c) { return row[c]; });
    }
  });
}

void add_sums_of_columns(Matrix<const float> x, float* out) {
  constexpr int64_t kSlice = 64;  // columns that one thread sums side by side
  const int64_t slices = (x.cols + kSlice - 1) / kSlice;
  parallel_for(slices, 1, [&](int64_t begin, int64_t end) {
    for (int64_t first = begin * kSlice; first < std::min(end * kSlice, x.cols); first += kSlice) {
      const int64_t count = std::min(kSlice, x.cols - first);
      double sums[kSlice] = {};
      for (int64_t n = 0; n < x.rows; ++n) {
        const float* row = x.row(n) + first;
        for (int64_t c = 0; c < count; ++c) sums[c] += row[c];
      }
      for (int64_t c = 0; c < count; ++c) out[first + c] += static_cast<float>(sums[c]);
    }
  });
}

}  // namespace tern::kernels
