#pragma once

#include "tern/tensor/tensor.h"

namespace tern {

/// Whether a matrix is used as it stands or transposed.
enum class Use { plain, transposed };

/// y = a b with either matrix transposed on request: matmul(a, b, Use::plain, Use::transposed) is
/// a b'. a and b are of rank 2 and share a type, f32 or bf16, which y has too; sums are float32.
Tensor matmul(const Tensor& a, const Tensor& b, Use use_a = Use::plain, Use use_b = Use::plain);

}  // namespace tern
