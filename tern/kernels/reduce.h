#pragma once

#include <cstdint>
#include <span>

namespace tern::kernels {

/// Sum of x[i]^2. The bits do not depend on the thread count; the relative error is below 2e-5, and
/// a block of 4096 values must not exceed float's range.
double sum_of_squares(std::span<const float> x);

/// Smallest i for which x[i] is infinite or NaN, or -1.
int64_t first_non_finite(std::span<const float> x);

}  // namespace tern::kernels
