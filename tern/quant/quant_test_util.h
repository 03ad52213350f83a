#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tern/base/rng.h"

namespace tern {

inline std::vector<float> normal_weights(int64_t n, uint64_t seed, double deviation = 0.02) {
  Rng rng(seed);
  std::vector<float> out(static_cast<size_t>(n));
  for (float& w : out) w = static_cast<float>(deviation * rng.normal());
  return out;
}

/// Groups that bring out a quantizer's corners.
struct DesignedGroup {
  std::string name;
  std::vector<float> group;
};
inline std::vector<DesignedGroup> designed_groups() {
  std::vector<float> ramp;
  for (int i = -32; i < 32; ++i) ramp.push_back(static_cast<float>(i) / 16);
  return {{"flat", std::vector<float>(64, 0.25f)},
          {"all zero", std::vector<float>(64, 0.0f)},
          {"ramp", ramp},
          {"ties at half the scale", {1.5f, -1.5f, 0.5f, -0.5f, 1.0f, -1.0f}},
          {"one outlier", {100.0f, 0.01f, -0.01f, 0.02f}},
          {"one weight", {-3.0f}},
          {"normal", normal_weights(64, 1)},
          {"short normal", normal_weights(23, 2)}};
}

}  // namespace tern
