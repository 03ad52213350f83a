#pragma once

#include "tern/tensor/tensor.h"

namespace tern {

/// x in another type, f32 or bf16; x itself when it has that type. The gradient comes back in x's
/// type.
Tensor cast(const Tensor& x, DType to);

/// A float32 weight as an operand of matrix products: w itself, or a bf16 copy that shares the
/// float32 gradient of w.
Tensor weight_as(const Tensor& w, DType to);

/// The same with the values that a file of type `stored` holds, f32 or bf16.
Tensor weight_as(const Tensor& w, DType stored, DType to);

}  // namespace tern
