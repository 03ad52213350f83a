#include <algorithm>

#include "tern/kernels/gemm.h"
#include "tern/kernels/scratch.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

/// Numbers that are widened at a time, 16 MiB of them: an embedding of a gigabyte needs no second
/// one for its float32, and what was just written is still in a cache when it is multiplied.
constexpr int64_t kMostWidened = 1 << 22;
/// Sides of this size or less are not halved: their products would run slower.
constexpr int64_t kNarrow = 256;

/// Whether a's columns lie in memory as whole runs and its rows do not.
template <class T>
bool by_columns(Matrix<T> a) {
  return a.row_stride == 1 && a.col_stride != 1;
}

/// to = from, of the same shape, in parallel.
template <class From, class To>
void convert(Matrix<const From> from, Matrix<To> to) {
  if (by_columns(from)) return convert(from.t(), to.t());
  constexpr int64_t kGrain = 1 << 14;
  const int64_t cols = from.cols, step = from.col_stride, to_step = to.col_stride;
  parallel_for(from.rows, 1 + kGrain / (1 + cols), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const From* const x = from.row(i);
      To* const y = to.row(i);
      if (step == 1 && to_step == 1) {
        for (int64_t j = 0; j < cols; ++j) y[j] = static_cast<To>(static_cast<float>(x[j]));
      } else {
        for (int64_t j = 0; j < cols; ++j) {
          y[j * to_step] = static_cast<To>(static_cast<float>(x[j * step]));
        }
      }
    }
  });
}

/// The same matrix in float32, packed, row- or column-major as it was.
Matrix<const float> widened(Matrix<const bf16> from, Scratch<float>& memory) {
  if (by_columns(from)) return widened(from.t(), memory).t();
  const Matrix<float> to(memory.at_least(from.size()), from.rows, from.cols);
  convert(from, to);
  return to;
}

void multiply(Matrix<const float> a, Matrix<const float> b, Matrix<float> c, const GemmCall& call) {
  run_gemm({.m = c.rows,
            .n = c.cols,
            .k = a.cols,
            .a_strides = {a.row_stride, a.col_stride},
            .b_strides = {b.row_stride, b.col_stride},
            .c_strides = {c.row_stride, c.col_stride},
            .accumulate = call.accumulate,
            .inside_parallel = call.inside_parallel},
           a.data, b.data, c.data);
}

void multiply(Matrix<const float> a, Matrix<const float> b, Matrix<bf16> c, const GemmCall& call) {
  thread_local Scratch<float> sum_memory;
  const Matrix<float> sums(sum_memory.at_least(c.size()), c.rows, c.cols);
  if (call.accumulate) convert<bf16>(c, sums);
  multiply(a, b, sums, call);
  convert<float>(sums, c);
}

/// Columns [begin, begin + count).
template <class T>
Matrix<T> columns(Matrix<T> a, int64_t begin, int64_t count) {
  return a.t().rows_from(begin, count).t();
}

template <class Out>
void multiply(Matrix<const bf16> a, Matrix<const bf16> b, Matrix<Out> c, const GemmCall& call) {
  if (a.size() + b.size() > kMostWidened && std::max(c.rows, c.cols) > kNarrow) {
    const bool tall = c.rows > c.cols;
    const int64_t size = tall ? c.rows : c.cols, half = size / 2;
    for (const auto& [begin, count] : {std::pair(int64_t{0}, half), std::pair(half, size - half)}) {
      if (tall) {
        multiply(a.rows_from(begin, count), b, c.rows_from(begin, count), call);
      } else {
        multiply(a, columns(b, begin, count), columns(c, begin, count), call);
      }
    }
    return;
  }
  thread_local Scratch<float> a_memory, b_memory;
  multiply(widened(a, a_memory), widened(b, b_memory), c, call);
}

}  // namespace

void widened_gemm(const GemmCall& call, const void* a, const void* b, void* c) {
  const auto view = [](auto* data, int64_t rows, int64_t cols, const auto& strides) {
    return Matrix(data, rows, cols, strides[0], strides[1]);
  };
  const auto x = view(static_cast<const bf16*>(a), call.m, call.k, call.a_strides);
  const auto y = view(static_cast<const bf16*>(b), call.k, call.n, call.b_strides);
  if (call.bf16_out) {
    multiply(x, y, view(static_cast<bf16*>(c), call.m, call.n, call.c_strides), call);
  } else {
    multiply(x, y, view(static_cast<float*>(c), call.m, call.n, call.c_strides), call);
  }
}

}  // namespace tern::kernels
