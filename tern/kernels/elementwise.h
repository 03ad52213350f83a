#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "tern/kernels/gemm.h"
#include "tern/kernels/view.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {

/// Calls body(row, first, count) for pieces of at most `most` neighbours in a row that together
/// cover a rows x cols matrix, in parallel. One long row is split as well as many short ones.
template <class Body>
void for_row_pieces(int64_t rows, int64_t cols, int64_t most, Body&& body) {
  constexpr int64_t kGrain = 1 << 14;
  parallel_for(rows * cols, kGrain, [&](int64_t begin, int64_t end) {
    while (begin < end) {
      const int64_t row = begin / cols, first = begin % cols;
      const int64_t count = std::min({most, cols - first, end - begin});
      body(row, first, count);
      begin += count;
    }
  });
}

/// y = f(in...), or y += f(in...), number by number, all float. An input has the shape of y; one
/// with a row_stride of 0 is a row that stands for all rows, one with a col_stride of 0 a column
/// that stands for all columns, one with both a scalar. y overlaps no input.
///
/// f takes one float per input. It is a template, so that a formula is compiled into its loop.
template <class F, class... Rest>
void elementwise(Into into, Matrix<float> y, const F& f, Matrix<const float> in, Rest... rest) {
  constexpr int64_t kPiece = 256;  // an input that is a column is spread out over a piece of a row
  const auto neighbours = [](const Matrix<const float>& x, int64_t row, int64_t first,
                             int64_t count, float* spread) -> const float* {
    if (x.col_stride == 1) return x.row(row) + first;
    std::fill_n(spread, count, *x.row(row));
    return spread;
  };
  const auto piece = [&]<size_t... I>(std::index_sequence<I...>, int64_t row, int64_t first,
                                      int64_t count, const auto&... inputs) {
    float spread[sizeof...(inputs)][kPiece], results[kPiece];
    float* const out = y.row(row) + first;
    // Results to be added are gathered first, so that a formula is compiled once.
    const auto loop = [&](float* __restrict to, const auto*... from) {
      for (int64_t i = 0; i < count; ++i) to[i] = f(from[i]...);
    };
    loop(into == Into::overwrite ? out : results,
         neighbours(inputs, row, first, count, spread[I])...);
    if (into == Into::accumulate) {
      for (int64_t i = 0; i < count; ++i) out[i] += results[i];
    }
  };
  for_row_pieces(y.rows, y.cols, kPiece, [&](int64_t row, int64_t first, int64_t count) {
    piece(std::make_index_sequence<1 + sizeof...(Rest)>{}, row, first, count, in, rest...);
  });
}

}  // namespace tern::kernels
