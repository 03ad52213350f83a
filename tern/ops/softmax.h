#pragma once

#include "tern/tensor/tensor.h"

namespace tern {

/// e^x / sum(e^x) over the last axis. x (..., C) f32; the result has its shape.
Tensor softmax(const Tensor& x);

}  // namespace tern
