#pragma once

#include "tern/tensor/tensor.h"

namespace tern {

/// y = x / sqrt(mean(x^2) + epsilon) * gain over the last axis (Zhang and Sennrich 2019).
/// x (..., C) f32 or bf16, gain (C) f32, or undefined for none; y has x's shape and the type `out`,
/// f32 or bf16.
Tensor rms_norm(const Tensor& x, const Tensor& gain, float epsilon, DType out = DType::f32);

}  // namespace tern
