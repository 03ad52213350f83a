#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace tern::kernels::ref {

/// One token in the words of BitNet a4.8. T is float or double.
template <class T>
void token_absmean_quantize(const T* x, int64_t C, T* y) {
  T sum = 0;
  for (int64_t c = 0; c < C; ++c) sum += std::abs(x[c]);
  const T b = sum / static_cast<T>(C), root = std::sqrt(T(7));
  for (int64_t c = 0; c < C; ++c) {
    y[c] = b / root * std::clamp(std::rint(root * x[c] / (b + T(1e-5))), T(-8), T(7));
  }
}

}  // namespace tern::kernels::ref
