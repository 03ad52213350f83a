#pragma once

#include <concepts>
#include <cstdint>

#include "tern/base/f16.h"

namespace tern {

/// A group quantizer turns the n weights of one group into codes {-1, 0, +1} and returns their
/// scale: quantized weight i = codes[i] * scale. It is plain C++ that the compiler vectorises, so a
/// recipe can hold its own; the backward rule is the identity straight-through estimator. One whose
/// groups are not all treated alike also takes the index of the group, which is that of its scale.
///
/// The scale is what a file stores, so return it through stored_scale().
template <class Q>
concept GroupQuantizer = requires(const Q& quantizer, const float* w, int64_t n, int8_t* codes) {
  { quantizer(w, n, codes) } -> std::same_as<float>;
}
|| requires(const Q& quantizer, const float* w, int64_t n, int64_t group, int8_t* codes) {
  { quantizer(w, n, group, codes) } -> std::same_as<float>;
};

/// Rounds a scale to the float16 in which packed models and GGUF keep it.
inline float stored_scale(float scale) { return static_cast<float>(f16(scale)); }

/// codes[i] = sign(w[i]) where |w[i]| > limit, else 0. A NaN gets code 0.
inline void threshold_codes(const float* w, int64_t n, float limit, int8_t* codes) {
  for (int64_t i = 0; i < n; ++i) {
    codes[i] = static_cast<int8_t>((w[i] > limit ? 1 : 0) - (w[i] < -limit ? 1 : 0));
  }
}

}  // namespace tern
