#pragma once

#include <cstdint>
#include <span>

#include "tern/tensor/tensor.h"

namespace tern {

/// y[n] = table[ids[n]]. ids holds N numbers in [0, V), table is (V, C) f32; y is (N, C) of the
/// type `out`, f32 or bf16.
Tensor embedding(std::span<const int32_t> ids, const Tensor& table, DType out = DType::f32);

}  // namespace tern
