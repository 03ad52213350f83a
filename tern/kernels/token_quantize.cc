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

/// The papers also clip the codes to [-Qp - 1, Qp]; with |x| <= absmax none ever lies outside.
float fake_quantize(float x, float to_codes, float from_codes) {
  return std::rint(x * to_codes) * from_codes;
}

constexpr int64_t kSlice = 64;

/// Columns [first, first + count) of x, at most kSlice, each by its own largest magnitude.
template <class T>
void quantize_columns(Matrix<const T> x, int64_t first, int64_t count, float largest, Matrix<T> y) {
  float absmax[kSlice], to_codes[kSlice], from_codes[kSlice];
  std::fill_n(absmax, count, kSmallest);
  for (int64_t n = 0; n < x.rows; ++n) {
    const T* in = x.row(n) + first;
    for (int64_t c = 0; c < count; ++c) {
      const float magnitude = std::abs(static_cast<float>(in[c]));
      absmax[c] = magnitude > absmax[c] ? magnitude : absmax[c];
    }
  }
  for (int64_t c = 0; c < count; ++c) {
    to_codes[c] = largest / absmax[c];
    from_codes[c] = absmax[c] / largest;
  }
  for (int64_t n = 0; n < x.rows; ++n) {
    const T* in = x.row(n) + first;
    T* out = y.row(n) + first;
    for (int64_t c = 0; c < count; ++c) {
      out[c] = static_cast<T>(fake_quantize(static_cast<float>(in[c]), to_codes[c], from_codes[c]));
    }
  }
}

}  // namespace

template <class T>
void token_quantize_fwd(Matrix<const T> x, int bits, Matrix<T> y) {
  constexpr int64_t kRowGrain = 16;
  const float largest = largest_code(bits);
  parallel_for(x.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      const T* in = x.row(n);
      T* out = y.row(n);
      const float absmax = lane_max(x.cols, kSmallest,
                                    [&](int64_t c) { return std::abs(static_cast<float>(in[c])); });
      const float to_codes = largest / absmax, from_codes = absmax / largest;
      for (int64_t c = 0; c < x.cols; ++c) {
        out[c] = static_cast<T>(fake_quantize(static_cast<float>(in[c]), to_codes, from_codes));
      }
    }
  });
}

template <class T>
void channel_quantize_fwd(Matrix<const T> x, int bits, Matrix<T> y) {
  const int64_t slices = (x.cols + kSlice - 1) / kSlice;
  parallel_for(slices, 1, [&](int64_t begin, int64_t end) {
    for (int64_t c = begin * kSlice; c < std::min(end * kSlice, x.cols); c += kSlice) {
      quantize_columns(x, c, std::min(kSlice, x.cols - c), largest_code(bits), y);
    }
  });
}

template void token_quantize_fwd(Matrix<const float>, int, Matrix<float>);
template void token_quantize_fwd(Matrix<const bf16>, int, Matrix<bf16>);
template void channel_quantize_fwd(Matrix<const float>, int, Matrix<float>);
template void channel_quantize_fwd(Matrix<const bf16>, int, Matrix<bf16>);

}  // namespace tern::kernels
