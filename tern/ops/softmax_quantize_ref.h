#pragma once

#include <cmath>
#include <cstdint>

namespace tern::ref {

/// One group softly quantized with its exact mean magnitude. T is float or double.
template <class T>
void softmax_quantize(const T* w, int64_t n, T temperature, T* out) {
  T scale(0);
  for (int64_t i = 0; i < n; ++i) scale += std::abs(w[i]);
  scale /= static_cast<T>(n);
  for (int64_t i = 0; i < n; ++i) {
    if (scale == T(0)) {
      out[i] = T(0);
      continue;
    }
    const T u = w[i] / scale;
    const T nearest = std::abs(u) > T(0.5) ? (u > T(0) ? T(1) : T(-1)) : T(0);
    T sum(0), weighted(0);
    for (const T code : {T(-1), T(0), T(1)}) {
      const T distance = (u - code) * (u - code) - (u - nearest) * (u - nearest);
      sum += std::exp(-distance / temperature);
      weighted += code * std::exp(-distance / temperature);
    }
    out[i] = scale * weighted / sum;
  }
}

}  // namespace tern::ref
