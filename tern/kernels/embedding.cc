#include "tern/kernels/embedding.h"

#include "tern/parallel/parallel.h"

namespace tern::kernels {

template <class T>
void embedding_fwd(std::span<const int32_t> ids, Matrix<const float> table, Matrix<T> y) {
  constexpr int64_t kRowGrain = 64;
  parallel_for(y.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      const float* from = table.row(ids[n]);
      T* to = y.row(n);
      for (int64_t c = 0; c < y.cols; ++c) to[c] = static_cast<T>(from[c]);
    }
  });
}

template <class T>
void embedding_bwd(std::span<const int32_t> ids, Matrix<const T> dy, Matrix<float> dtable) {
  // Each thread owns a range of columns: an id may repeat, so rows of dtable are shared.
  constexpr int64_t kColumnGrain = 64;
  parallel_for(dy.cols, kColumnGrain, [&](int64_t begin, int64_t end) {
    for (int64_t n = 0; n < dy.rows; ++n) {
      const T* from = dy.row(n);
      float* to = dtable.row(ids[n]);
      for (int64_t c = begin; c < end; ++c) to[c] += static_cast<float>(from[c]);
    }
  });
}

template void embedding_fwd(std::span<const int32_t>, Matrix<const float>, Matrix<float>);
template void embedding_fwd(std::span<const int32_t>, Matrix<const float>, Matrix<bf16>);
template void embedding_bwd(std::span<const int32_t>, Matrix<const float>, Matrix<float>);
template void embedding_bwd(std::span<const int32_t>, Matrix<const bf16>, Matrix<float>);

}  // namespace tern::kernels
