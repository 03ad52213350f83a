#pragma once

#include "tern/tensor/tensor.h"

namespace tern {

/// y = silu(gate) up with silu(x) = x / (1 + e^-x), number by number (Shazeer 2020). gate, up and y
/// share shape and type, f32 or bf16.
Tensor swiglu(const Tensor& gate, const Tensor& up);

}  // namespace tern
