#pragma once

#include <cstdint>

namespace tern {

/// IEEE float16, the precision in which the scales of ternary groups are stored. Storage only.
struct f16 {
  uint16_t bits = 0;

  f16() = default;
  /// Rounds to nearest, ties to even; overflow gives infinity.
  explicit f16(float value) : bits(__builtin_bit_cast(uint16_t, static_cast<Half>(value))) {}
  explicit operator float() const { return static_cast<float>(__builtin_bit_cast(Half, bits)); }

 private:
#ifdef __clang__
  using Half = __fp16;  // clang 14 has _Float16 for CPUs alone that calculate with it
#else
  using Half = _Float16;
#endif
};

}  // namespace tern
