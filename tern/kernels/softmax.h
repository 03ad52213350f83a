#pragma once

#include "tern/kernels/view.h"

namespace tern::kernels {

/// y = e^x / sum(e^x), row by row. x and y are (N, C).
void softmax_fwd(Matrix<const float> x, Matrix<float> y);

/// Adds into dx (N, C) the gradient for dy (N, C): dx += y (dy - sum(dy y)).
void softmax_bwd(Matrix<const float> dy, Matrix<const float> y, Matrix<float> dx);

}  // namespace tern::kernels
