#pragma once

#include <span>

#include "tern/base/bf16.h"

namespace tern::kernels {

/// y = x + branch, number by number. T is float or bf16; the residual stream x, y is float.
template <class T>
void residual_fwd(std::span<const float> x, std::span<const T> branch, std::span<float> y);

/// The branch's share of the gradient, in the branch's type: dbranch = dy, or += dy.
template <class T>
void residual_bwd(std::span<const float> dy, std::span<T> dbranch, bool overwrite);

}  // namespace tern::kernels
