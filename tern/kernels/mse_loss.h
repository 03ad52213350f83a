#pragma once

#include "tern/base/bf16.h"
#include "tern/kernels/view.h"

namespace tern::kernels {

/// loss[n] = mean over c of (x[n, c] - target[n, c])^2. x and target are (N, C), loss (N) float.
/// T is float or bf16.
template <class T>
void mse_loss_fwd(Matrix<const T> x, Matrix<const T> target, float* loss);

/// Adds into dx (N, C) the gradient for dloss (N): dx += dloss 2 / C (x - target). With x and
/// target exchanged it gives the gradient of the target.
template <class T>
void mse_loss_bwd(const float* dloss, Matrix<const T> x, Matrix<const T> target, Matrix<T> dx);

}  // namespace tern::kernels
