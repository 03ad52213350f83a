#pragma once

#include "tern/base/bf16.h"
#include "tern/kernels/view.h"

namespace tern::kernels {

/// y = silu(gate) up with silu(x) = x / (1 + e^-x), element by element (Shazeer 2020). All are
/// (N, F); y overlaps neither input. T is float or bf16.
template <class T>
void swiglu_fwd(Matrix<const T> gate, Matrix<const T> up, Matrix<T> y);

/// Adds into dgate and dup (N, F) the gradients for dy (N, F). With s = sigmoid(gate):
/// dgate += dy up s (1 + gate (1 - s)),  dup += dy gate s.
template <class T>
void swiglu_bwd(Matrix<const T> dy, Matrix<const T> gate, Matrix<const T> up, Matrix<T> dgate,
                Matrix<T> dup);

}  // namespace tern::kernels
