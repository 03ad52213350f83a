#pragma once

#include <cstdint>
#include <span>

#include "tern/base/bf16.h"
#include "tern/kernels/view.h"

namespace tern::kernels {

/// y[n] = table[ids[n]]. ids is (N) with values in [0, V), table is (V, C), y is (N, C). T is float
/// or bf16.
template <class T>
void embedding_fwd(std::span<const int32_t> ids, Matrix<const float> table, Matrix<T> y);

/// dtable[ids[n]] += dy[n], one n after another, so the bits do not depend on the thread count.
template <class T>
void embedding_bwd(std::span<const int32_t> ids, Matrix<const T> dy, Matrix<float> dtable);

}  // namespace tern::kernels
