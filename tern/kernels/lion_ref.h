#pragma once

#include "tern/kernels/lion.h"

namespace tern::kernels::ref {

/// One step of Lion on one weight w with gradient g and momentum m. T is float or double.
template <class T>
void lion(T& w, T g, T& m, const LionOptions& options) {
  const T beta1(options.beta1), beta2(options.beta2), lr(options.lr);
  const T direction = beta1 * m + (1 - beta1) * g;
  w -= lr * (T(options.weight_decay) * w + T(direction > 0) - T(direction < 0));
  m = beta2 * m + (1 - beta2) * g;
}

}  // namespace tern::kernels::ref
