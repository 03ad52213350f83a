#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "tern/base/rng.h"

namespace tern {

/// A bijection of [0, size) chosen by a key and computed for any index at once: a Feistel network
/// (Luby and Rackoff 1988) on the next power of four, walked along its cycle until it lands inside
/// (Black and Rogaway 2002, "Ciphers with Arbitrary Finite Domains"), at most four steps on
/// average. It shuffles; it keeps no secrets.
class KeyedPermutation {
 public:
  /// size in 1 .. 2^62.
  KeyedPermutation(uint64_t size, uint64_t key)
      : size_(size), half_bits_((std::bit_width(size - 1) + 1) / 2) {
    if (half_bits_ == 0) half_bits_ = 1;
    Rng rng(key);
    for (uint64_t& round_key : round_keys_) round_key = rng.next();
  }

  uint64_t operator()(uint64_t index) const {
    do {
      index = encipher(index);
    } while (index >= size_);
    return index;
  }

 private:
  uint64_t encipher(uint64_t block) const {
    const uint64_t mask = (uint64_t{1} << half_bits_) - 1;
    uint64_t left = block >> half_bits_;
    uint64_t right = block & mask;
    for (const uint64_t round_key : round_keys_) {
      const uint64_t mixed = left ^ (mix64(right + round_key) & mask);
      left = right;
      right = mixed;
    }
    return left << half_bits_ | right;
  }

  uint64_t size_;
  int half_bits_;
  std::array<uint64_t, 6> round_keys_;  // beyond Luby and Rackoff's four, for the tiny halves here
};

}  // namespace tern
