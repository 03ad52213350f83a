#pragma once

#include <cmath>
#include <cstdint>

namespace tern {

/// Mixes 64 bits (the finalizer of SplitMix64; Steele, Lea and Flood 2014).
inline uint64_t mix64(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

/// SplitMix64: one word of state, so a checkpoint stores it as one number.
class Rng {
 public:
  explicit Rng(uint64_t seed) : state_(seed) {}

  uint64_t next() { return mix64(state_ += 0x9E3779B97F4A7C15u); }
  /// Uniform in [0, n), n > 0. The bias of the remainder is below n / 2^64.
  uint64_t below(uint64_t n) { return next() % n; }
  /// Uniform in [0, 1).
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  /// Standard normal (Box-Muller, one of the pair).
  double normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(6.283185307179586 * uniform());
  }

  uint64_t state() const { return state_; }

 private:
  uint64_t state_;
};

}  // namespace tern
