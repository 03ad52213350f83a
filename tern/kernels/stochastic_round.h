#pragma once

#include <bit>
#include <cstdint>

#include "tern/base/bf16.h"
#include "tern/base/rng.h"

namespace tern::kernels {

/// Thirty-two random bits for a number ("lowbias32", Wellons 2018). A function of a counter rather
/// than a generator: element i has the same bits whichever thread meets it, and loops vectorise.
inline uint32_t random_bits(uint32_t x) {
  x = (x ^ (x >> 16)) * 0x7FEB352Du;
  x = (x ^ (x >> 15)) * 0x846CA68Bu;
  return x ^ (x >> 16);
}

/// What to add to an element's index before random_bits(): another for each step and tensor.
inline uint32_t random_key(int64_t step, uint32_t tensor) {
  return static_cast<uint32_t>(mix64((static_cast<uint64_t>(step) << 24) ^ tensor));
}

/// Keeps a number of an optimizer's state; `bits` are uniform in [0, 2^16). In bf16 it becomes one
/// of the two neighbours of `value`, the nearer one the more often, so that the stored number is
/// right on average (stochastic rounding; Gupta et al. 2015, arXiv 1502.02551). Rounding to nearest
/// would lose every change below 2^-9 of the number: a moment that decays by 0.999 a step would
/// never decay.
inline void store(float& to, float value, uint32_t) { to = value; }
inline void store(bf16& to, float value, uint32_t bits) {
  to.bits = static_cast<uint16_t>((std::bit_cast<uint32_t>(value) + bits) >> 16);
}

}  // namespace tern::kernels
