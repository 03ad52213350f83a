#include "tern/kernels/add_bias.h"

#include <algorithm>

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

template <class T>
void add_bias_bwd(Matrix<const T> dy, float* dbias) {
  constexpr int64_t kSlice = 64;  // columns that one thread sums side by side
  constexpr int64_t kRows = 16;   // few enough for float to lose little
  const int64_t slices = (dy.cols + kSlice - 1) / kSlice;
  parallel_for(slices, 1, [&](int64_t begin, int64_t end) {
    for (int64_t first = begin * kSlice; first < std::min(end * kSlice, dy.cols); first += kSlice) {
      const int64_t count = std::min(kSlice, dy.cols - first);
      double sums[kSlice] = {};
      for (int64_t n = 0; n < dy.rows; n += kRows) {
        float part[kSlice] = {};
        for (int64_t i = n; i < std::min(n + kRows, dy.rows); ++i) {
          const T* row = dy.row(i) + first;
          for (int64_t c = 0; c < count; ++c) part[c] += static_cast<float>(row[c]);
        }
        for (int64_t c = 0; c < count; ++c) sums[c] += part[c];
      }
      for (int64_t c = 0; c < count; ++c) dbias[first + c] += static_cast<float>(sums[c]);
    }
  });
}

template void add_bias_fwd(Matrix<const float>, const float*, Matrix<float>);
template void add_bias_fwd(Matrix<const bf16>, const float*, Matrix<bf16>);
template void add_bias_bwd(Matrix<const float>, float*);
template void add_bias_bwd(Matrix<const bf16>, float*);

}  // namespace tern::kernels
