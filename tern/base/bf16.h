#pragma once

#include <bit>
#include <cstdint>

namespace tern {

/// bfloat16: the upper half of an IEEE float32. Storage only; arithmetic is done in float.
struct bf16 {
  uint16_t bits = 0;

  bf16() = default;
  /// Rounds to nearest, ties to even. NaN stays NaN.
  explicit bf16(float value) {
    const uint32_t u = std::bit_cast<uint32_t>(value);
    const uint32_t rounded = (u + 0x7FFF + ((u >> 16) & 1)) >> 16;
    const bool nan = (u & 0x7FFFFFFF) > 0x7F800000;
    bits = static_cast<uint16_t>(nan ? (u >> 16) | 0x40 : rounded);
  }
  explicit operator float() const { return std::bit_cast<float>(uint32_t{bits} << 16); }
};

}  // namespace tern
