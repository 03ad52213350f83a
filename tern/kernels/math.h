#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace tern::kernels {

/// e^x within 2 units in the last place, subnormal results included; 0 and infinity beyond their
/// thresholds, NaN for NaN. Free of branches and calls, so loops over it vectorise. Reduction to
/// [-ln 2 / 2, ln 2 / 2] and polynomial are those of Cephes' expf (Moshier 1989).
inline float fast_exp(float x) {
  // e^-104 rounds to 0 and e^104 to infinity. NaN passes. (A clamp to two constants would be
  // slower: the compiler then works out their exponentials apart, under masks.)
  if (std::abs(x) > 104.0f) x = std::copysign(104.0f, x);

  // Adding 1.5 * 2^23 leaves the rounded integer in the low bits of the sum.
  constexpr float kShift = 0x1.8p23f;
  const float shifted = x * 1.44269504f + kShift;
  const float n = shifted - kShift;
  const int32_t power = std::bit_cast<int32_t>(shifted) - std::bit_cast<int32_t>(kShift);

  const float r = x - n * 0.693359375f + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;

  // 2^power may be no normal number, while its two halves are.
  const int32_t half = power >> 1;
  const float scale_a = std::bit_cast<float>((half + 127) << 23);
  const float scale_b = std::bit_cast<float>((power - half + 127) << 23);
  return p * scale_a * scale_b;
}

/// 1 / (1 + e^-x).
inline float sigmoid(float x) { return 1.0f / (1.0f + fast_exp(-x)); }

}  // namespace tern::kernels
