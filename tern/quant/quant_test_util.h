#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "tern/base/rng.h"
#include "tern/quant/group_rule.h"

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
  const float above = std::nextafter(0.7f, 1.0f);
  return {{"flat", std::vector<float>(64, 0.25f)},
          {"all zero", std::vector<float>(64, 0.0f)},
          {"ramp", ramp},
          {"ties at half the scale", {1.5f, -1.5f, 0.5f, -0.5f, 1.0f, -1.0f}},
          {"ties at 0.7 of the scale",
           {0.7f, -0.7f, above, -above, 1.0f, -1.0f, 1.3f, -1.3f, 1.3f, -1.3f}},
          {"one outlier", {100.0f, 0.01f, -0.01f, 0.02f}},
          {"one weight", {-3.0f}},
          {"normal", normal_weights(64, 1)},
          {"short normal", normal_weights(23, 2)}};
}

/// A group rule for each value of each of its fields.
struct NamedRule {
  std::string name;
  GroupRuleOptions options;
};
inline std::vector<NamedRule> rules_of_every_part() {
  return {{"absmean", {}},
          {"absmedian", {.scale = "absmedian"}},
          {"absmax", {.scale = "absmax"}},
          {"threshold 0.7", {.threshold = 0.7f}},
          {"least squares", {.level = "least-squares"}},
          {"Lloyd-Max", {.level = "lloyd-max"}},
          {"zeros", {.zeros = 0.42}},
          {"3:4", {.level = "least-squares", .pattern = "3:4"}},
          {"stochastic", {.rounding = "stochastic"}}};
}

}  // namespace tern
