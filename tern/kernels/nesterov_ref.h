#pragma once

#include "tern/kernels/nesterov.h"

namespace tern::kernels::ref {

/// Momentum m of one gradient g, which the look-ahead replaces. T is float or double.
template <class T>
void nesterov(T& g, T& m, const NesterovOptions& options) {
  const T momentum(options.momentum);
  const T gradient = g * T(options.gradient_scale);
  m = momentum * m + (1 - momentum) * gradient;
  g = momentum * m + (1 - momentum) * gradient;
}

}  // namespace tern::kernels::ref
