#pragma once

#include "tern/kernels/view.h"

namespace tern::kernels {

/// Sum of all numbers of x. As in the other two, the order of the sum does not depend on the thread
/// count.
float sum(Matrix<const float> x);

/// Adds to each out[n] the sum of row n. x (N, C), out (N).
void add_sums_of_rows(Matrix<const float> x, float* out);

/// Adds to each out[c] the sum of column c, taken in double. x (N, C), out (C).
void add_sums_of_columns(Matrix<const float> x, float* out);

}  // namespace tern::kernels
