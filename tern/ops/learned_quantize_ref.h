#pragma once

#include <cmath>

namespace tern::ref {

/// The ternary value of one weight under a learned number a, in the words of the papers:
/// a round(clip(w / a, -clip, clip) / level) level. Ties round to even.
template <class T>
T learned_quantize(T w, T a, T level, T clip) {
  using std::nearbyint;
  const T u = w / a > clip ? clip : w / a < -clip ? -clip : w / a;
  return a * nearbyint(u / level) * level;
}

/// A function that is differentiable in w and a, has that value at (w0, a0) up to a constant, and
/// whose true derivatives are the declared backward rule: inside the clip the rounding is frozen at
/// (w0, a0), outside it grows with a.
template <class T>
T learned_surrogate(T w, T a, T w0, T a0, T level, T clip) {
  if (std::abs(w0 / a0) > clip) return w0 > 0 ? a : -a;
  return w + a * (learned_quantize(w0, a0, level, clip) / a0 - w0 / a0);
}

}  // namespace tern::ref
