#pragma once

#include "tern/base/bf16.h"
#include "tern/kernels/gemm.h"

namespace tern::kernels {

/// c (+)= a b (n, n) where the result is known to be symmetric, as x x^T is: about five eighths of
/// the work of gemm(). Only what lies in blocks on and below the diagonal is multiplied; the rest
/// is its mirror image. Added to, c has to be symmetric before.
void symmetric_gemm(Matrix<const float> a, Matrix<const float> b, Matrix<float> c, Into into);
void symmetric_gemm(Matrix<const bf16> a, Matrix<const bf16> b, Matrix<float> c, Into into);

/// to = from^T.
void transpose(Matrix<const float> from, Matrix<float> to);

}  // namespace tern::kernels
