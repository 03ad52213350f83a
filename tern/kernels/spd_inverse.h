#pragma once

#include "tern/kernels/view.h"

namespace tern::kernels {

/// inverse_factor = L^-1, zeros above its diagonal included, where a = L L^T: the inverse of the
/// Cholesky factor of a symmetric positive definite matrix (n, n) of which both triangles are
/// filled. Uses a up. A matrix that is not positive definite leaves a number on the diagonal that
/// is not finite.
void inverse_cholesky(Matrix<float> a, Matrix<float> inverse_factor);

/// a = a^-1 in place, for a symmetric positive definite matrix (n, n) of which both triangles are
/// filled, from the inverse of its Cholesky factor: a = L L^T, a^-1 = L^-T L^-1. By halves, so that
/// almost all of the 3/2 n^3 operations are matrix products. The condition number may be up to
/// about 10^5; the relative error is of the order of float's epsilon times that number.
void spd_inverse(Matrix<float> a);

}  // namespace tern::kernels
