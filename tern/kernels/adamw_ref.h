#pragma once

#include <cmath>
#include <cstdint>

#include "tern/kernels/adamw.h"

namespace tern::kernels::ref {

/// One step of AdamW on one weight w with gradient g and moments m and v. T is float or double.
template <class T>
void adamw(T& w, T g, T& m, T& v, const AdamWOptions& options, int64_t step) {
  const T beta1(options.beta1), beta2(options.beta2), lr(options.lr);
  m = beta1 * m + (1 - beta1) * g;
  v = beta2 * v + (1 - beta2) * g * g;
  const T m_hat = m / (1 - std::pow(beta1, static_cast<T>(step)));
  const T v_hat = v / (1 - std::pow(beta2, static_cast<T>(step)));
  w -= lr * T(options.weight_decay) * w + lr * m_hat / (std::sqrt(v_hat) + T(options.epsilon));
}

}  // namespace tern::kernels::ref
