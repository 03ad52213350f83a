#pragma once

#include <cstdint>

#include "tern/kernels/view.h"

namespace tern::kernels {

/// sums[o] = sum of w[o, i] over the i whose code is 0. w and codes (O, I), sums (O).
void dead_sums_fwd(Matrix<const float> w, Matrix<const int8_t> codes, float* sums);

/// Adds into dw the gradient for dsums (O): dw[o, i] += dsums[o] where the code is 0.
void dead_sums_bwd(const float* dsums, Matrix<const int8_t> codes, Matrix<float> dw);

/// Multiplies dw (O, I) by `factor` where the code is 0.
void scale_dead(Matrix<const int8_t> codes, float factor, Matrix<float> dw);

}  // namespace tern::kernels
