#pragma once

#include <bit>
#include <cstdint>

namespace tern {

/// IEEE float16, the precision in which the scales of ternary groups are stored. Storage only.
struct f16 {
  uint16_t bits = 0;

  f16() = default;
  /// Rounds to nearest, ties to even; overflow gives infinity.
  explicit f16(float value) {
    const _Float16 half = static_cast<_Float16>(value);
    bits = std::bit_cast<uint16_t>(half);
  }
  explicit operator float() const { return static_cast<float>(std::bit_cast<_Float16>(bits)); }
};

}  // namespace tern
