#pragma once

#include "tern/base/bf16.h"
#include "tern/kernels/view.h"

namespace tern::kernels {

/// loss[n] = 1 - cos(x[n], target[n]), and 1 when either row is zero. x and target are (N, C),
/// loss (N) float. T is float or bf16.
template <class T>
void cosine_loss_fwd(Matrix<const T> x, Matrix<const T> target, float* loss);

/// Adds into dx (N, C) the gradient for dloss (N):
/// dx += dloss (cos x / |x|^2 - target / (|x| |target|)), nothing when either row is zero.
/// With x and target exchanged it gives the gradient of the target.
template <class T>
void cosine_loss_bwd(const float* dloss, Matrix<const T> x, Matrix<const T> target, Matrix<T> dx);

}  // namespace tern::kernels
