#pragma once

#include "tern/tensor/tensor.h"

namespace tern {

/// y = x + bias for every row. x (..., C) f32 or bf16, bias (C) f32; y has x's shape and type.
/// Backward: dx is dy, dbias its sum over the rows.
Tensor add_bias(const Tensor& x, const Tensor& bias);

}  // namespace tern
