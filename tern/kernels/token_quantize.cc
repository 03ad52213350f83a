#include "tern/kernels/token_quantize.h"

#include <algorithm>
#include <cmath>

#include "tern/kernels/lanes.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

/// Floor of the largest magnitude, so that zeros stay zeros (the papers' epsilon).
constexpr float kSmallest = 1e-5f;

float largest_code(int bits) { return static_cast<float>((1 << (bits - 1)) - 1); }

/// The papers clip codes to [-Qp - 1, Qp]; limits that are symmetric keep the grid so.
float fake_quantize(float x, float to_codes, float from_codes, float largest, float lambda) {
  const float q = std::clamp(std::rint(x * to_codes), -largest, largest) * from_codes;
  return lambda == 1.0f ? q : x + lambda * (q - x);
}

template <class T>
float row_limit(const T* row, int64_t C, float clip) {
  return clip *
         lane_max(C, kSmallest, [&](int64_t c) { return std::abs(static_cast<float>(row[c])); });
}

constexpr int64_t kSlice = 64;

/// Walks down neighbouring columns of one sequence, at most kSlice of them.
template <class T>
class ColumnLimits {
 public:
  ColumnLimits(int64_t count, float clip) : count_(count), clip_(clip) {
    std::fill_n(largest_, kSlice, kSmallest);
  }

  /// Takes the next row in; returns the limits of the columns up to it.
  const float* next(const T* row) {
    for (int64_t c = 0; c < count_; ++c) {
      const float magnitude = std::abs(static_cast<float>(row[c]));
      largest_[c] = magnitude > largest_[c] ? magnitude : largest_[c];
      limits_[c] = clip_ * largest_[c];
    }
    return limits_;
  }

 private:
  int64_t count_;
  float clip_;
  float largest_[kSlice], limits_[kSlice];
};

/// Calls body(row, column, count) in parallel for the first row of each sequence of `length` rows
/// and slices of at most kSlice neighbouring columns.
template <class Body>
void for_sequence_slices(int64_t rows, int64_t cols, int64_t length, Body&& body) {
  const int64_t slices = (cols + kSlice - 1) / kSlice;
  parallel_for(rows / length * slices, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t column = i % slices * kSlice;
      body(i / slices * length, column, std::min(kSlice, cols - column));
    }
  });
}

constexpr int64_t kRowGrain = 16;

/// dx += dy where |x| <= limit(c), and the share `beyond` of it elsewhere.
template <class T, class D, class Limit>
void pass_inside(const T* dy, const T* x, int64_t count, const Limit& limit, float beyond, D* dx) {
  for (int64_t c = 0; c < count; ++c) {
    const bool inside = std::abs(static_cast<float>(x[c])) <= limit(c);
    const float share = inside ? 1.0f : beyond;
    dx[c] = static_cast<D>(static_cast<float>(dx[c]) + share * static_cast<float>(dy[c]));
  }
}

}  // namespace

template <class T>
void token_quantize_fwd(Matrix<const T> x, int bits, float clip, float lambda, Matrix<T> y) {
  const float largest = largest_code(bits);
  parallel_for(x.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      const T* in = x.row(n);
      T* out = y.row(n);
      const float limit = row_limit(in, x.cols, clip);
      const float to_codes = largest / limit, from_codes = limit / largest;
      for (int64_t c = 0; c < x.cols; ++c) {
        out[c] = static_cast<T>(
            fake_quantize(static_cast<float>(in[c]), to_codes, from_codes, largest, lambda));
      }
    }
  });
}

template <class T>
void channel_quantize_fwd(Matrix<const T> x, int64_t length, int bits, float clip, float lambda,
                          Matrix<T> y) {
  const float largest = largest_code(bits);
  for_sequence_slices(x.rows, x.cols, length, [&](int64_t row, int64_t column, int64_t count) {
    ColumnLimits<T> walk(count, clip);
    for (int64_t n = row; n < row + length; ++n) {
      const T* in = x.row(n) + column;
      T* out = y.row(n) + column;
      const float* limits = walk.next(in);
      for (int64_t c = 0; c < count; ++c) {
        out[c] = static_cast<T>(fake_quantize(static_cast<float>(in[c]), largest / limits[c],
                                              limits[c] / largest, largest, lambda));
      }
    }
  });
}

template <class T, class D>
void token_quantize_bwd(Matrix<const T> dy, Matrix<const T> x, float clip, float lambda,
                        Matrix<D> dx) {
  parallel_for(x.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      const float limit = row_limit(x.row(n), x.cols, clip);
      pass_inside(
          dy.row(n), x.row(n), x.cols, [=](int64_t) { return limit; }, 1 - lambda, dx.row(n));
    }
  });
}

template <class T, class D>
void channel_quantize_bwd(Matrix<const T> dy, Matrix<const T> x, int64_t length, float clip,
                          float lambda, Matrix<D> dx) {
  for_sequence_slices(x.rows, x.cols, length, [&](int64_t row, int64_t column, int64_t count) {
    ColumnLimits<T> walk(count, clip);
    for (int64_t n = row; n < row + length; ++n) {
      const T* in = x.row(n) + column;
      const float* limits = walk.next(in);
      pass_inside(
          dy.row(n) + column, in, count, [=](int64_t c) { return limits[c]; }, 1 - lambda,
          dx.row(n) + column);
    }
  });
}

template void token_quantize_fwd(Matrix<const float>, int, float, float, Matrix<float>);
template void token_quantize_fwd(Matrix<const bf16>, int, float, float, Matrix<bf16>);
template void channel_quantize_fwd(Matrix<const float>, int64_t, int, float, float, Matrix<float>);
template void channel_quantize_fwd(Matrix<const bf16>, int64_t, int, float, float, Matrix<bf16>);
template void token_quantize_bwd(Matrix<const float>, Matrix<const float>, float, float,
                                 Matrix<float>);
template void token_quantize_bwd(Matrix<const float>, Matrix<const float>, float, float,
                                 Matrix<bf16>);
template void token_quantize_bwd(Matrix<const bf16>, Matrix<const bf16>, float, float,
                                 Matrix<float>);
template void token_quantize_bwd(Matrix<const bf16>, Matrix<const bf16>, float, float,
                                 Matrix<bf16>);
template void channel_quantize_bwd(Matrix<const float>, Matrix<const float>, int64_t, float, float,
                                   Matrix<float>);
template void channel_quantize_bwd(Matrix<const float>, Matrix<const float>, int64_t, float, float,
                                   Matrix<bf16>);
template void channel_quantize_bwd(Matrix<const bf16>, Matrix<const bf16>, int64_t, float, float,
                                   Matrix<float>);
template void channel_quantize_bwd(Matrix<const bf16>, Matrix<const bf16>, int64_t, float, float,
                                   Matrix<bf16>);

}  // namespace tern::kernels
