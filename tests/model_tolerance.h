#pragma once

#include <cmath>

#include "tern/tensor/dtype.h"

namespace tern {

/// Roundings of a number on its way through a two-layer model: seven products and two norms a
/// layer, the last norm, the head and the softmax; a gradient passes them all again on its way
/// back.
inline constexpr double kForward = 2 * 9 + 3;
inline constexpr double kBackward = 2 * kForward;

/// The error, relative to a tensor's largest number, that rounding explains after `steps` of these.
/// Float32 rounds every term of a sum: sqrt(n) u for a sum of n <= 64 terms (Higham and Mary 2019),
/// u = 2^-24. With bf16 operands sums are float32 and one rounding a step remains, u = 2^-9. The
/// steps add up like a random walk.
inline double tolerance(DType compute, double steps) {
  constexpr double kDeviations = 4;
  const double one = compute == DType::f32 ? std::sqrt(64.0) * 0x1p-24 : 0x1p-9;
  return kDeviations * std::sqrt(steps) * one;
}

}  // namespace tern
