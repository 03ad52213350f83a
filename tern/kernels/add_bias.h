#pragma once

#include "tern/base/bf16.h"
#include "tern/kernels/view.h"

namespace tern::kernels {

/// y = x + bias, row by row. x and y are (N, C), float or bf16, bias is (C); y may be x.
template <class T>
void add_bias_fwd(Matrix<const T> x, const float* bias, Matrix<T> y);

/// Adds to each dbias[c] the sum of column c of dy (N, C), taken in the order of the rows: of 16 at
/// a time in float, of those in double.
template <class T>
void add_bias_bwd(Matrix<const T> dy, float* dbias);

}  // namespace tern::kernels
