#include "tern/quant/group_rule_parts.h"

namespace tern {
namespace {

/// 24 random bits for weight i: the finalizer of MurmurHash3 on a counter, in 32-bit arithmetic,
/// which vectorises.
uint32_t random_bits(uint32_t key, uint32_t i) {
  uint32_t x = key + i * 0x9E3779B9u;
  x = (x ^ x >> 16) * 0x85EBCA6Bu;
  x = (x ^ x >> 13) * 0xC2B2AE35u;
  return (x ^ x >> 16) >> 8;
}

/// sign(u) with probability |u|, else 0, where u = w / scale clipped to [-1, 1]: the mean of the
/// quantized weight is the clipped weight.
void stochastic(const float* w, int64_t n, float scale, uint64_t key, int8_t* codes) {
  const float step = scale * 0x1p-24f;
  const uint32_t start = static_cast<uint32_t>(key ^ key >> 32);
  for (int64_t i = 0; i < n; ++i) {
    const auto draw = static_cast<int32_t>(random_bits(start, static_cast<uint32_t>(i)));
    const float limit = static_cast<float>(draw) * step;
    codes[i] = static_cast<int8_t>((w[i] > limit ? 1 : 0) - (w[i] < -limit ? 1 : 0));
  }
}

const Register<GroupRounding> registration(group_roundings(), "stochastic", stochastic,
                                           "sign(w) with probability |w| / scale",
                                           "DQT, arXiv 2412.04787");

}  // namespace
}  // namespace tern
