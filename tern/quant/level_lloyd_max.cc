#include <cmath>

#include "tern/kernels/lanes.h"
#include "tern/quant/group_rule_parts.h"
#include "tern/quant/least_squares.h"
#include "tern/quant/quantizer.h"

namespace tern {
namespace {

/// The squared error falls in every round; groups of normal numbers are done after a handful.
constexpr int kRounds = 24;

float mean_above(const float* w, int64_t n, float limit) {
  const float sum = kernels::lane_sum(
      n, [=](int64_t i) { return std::abs(w[i]) > limit ? std::abs(w[i]) : 0.0f; });
  const float live =
      kernels::lane_sum(n, [=](int64_t i) { return std::abs(w[i]) > limit ? 1.0f : 0.0f; });
  return live > 0 ? sum / live : 0.0f;
}

/// Codes and level that are best for each other: the level is mean|w| above the threshold, the
/// threshold half the level. Starts at the codes that --scale and --threshold choose.
float lloyd_max(const float* w, int64_t n, int8_t* codes) {
  float level = least_squares_level(w, n, codes);
  if (!std::isfinite(level)) return level;
  for (int round = 0; round < kRounds; ++round) {
    const float next = mean_above(w, n, level / 2);
    if (next == level) break;
    level = next;
  }
  threshold_codes(w, n, level / 2, codes);
  return level;
}

const Register<GroupLevel> registration(group_levels(), "lloyd-max", lloyd_max,
                                        "level and threshold of the least squared error together",
                                        "Lloyd 1982, Max 1960");

}  // namespace
}  // namespace tern
