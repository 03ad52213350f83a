#pragma once

#include <cstdint>

namespace tern::kernels::ref {

/// y[n, c] = table[ids[n], c] for (N, C) outputs.
template <class T>
void embedding_fwd(const int32_t* ids, const T* table, int64_t N, int64_t C, T* y) {
  for (int64_t n = 0; n < N; ++n) {
    for (int64_t c = 0; c < C; ++c) y[n * C + c] = table[ids[n] * C + c];
  }
}

/// Adds the gradient into dtable.
template <class T>
void embedding_bwd(const int32_t* ids, const T* dy, int64_t N, int64_t C, T* dtable) {
  for (int64_t n = 0; n < N; ++n) {
    for (int64_t c = 0; c < C; ++c) dtable[ids[n] * C + c] += dy[n * C + c];
  }
}

}  // namespace tern::kernels::ref
