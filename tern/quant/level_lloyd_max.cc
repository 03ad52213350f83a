#include <cmath>

#include "tern/kernels/lanes.h"
#include "tern/quant/group_rule_parts.h"
#include "tern/quant/least_squares.h"
#include "tern/quant/quantizer.h"

namespace tern {
namespace {

/// The squared error falls in every round; groups of 64 normal weights are done after four.
constexpr int kRounds = 24;

/// Codes and level that are best for each other: the level is mean|w| above the threshold, the
/// threshold half the level. Starts at the codes that --scale and --threshold choose.
float lloyd_max(const float* w, int64_t n, int8_t* codes) {
  float level = least_squares_level(w, n, codes);
  if (!std::isfinite(level)) return level;
  int32_t live = kernels::count_if(n, [=](int64_t i) { return codes[i] != 0; });
  for (int round = 0; round < kRounds; ++round) {
    const float limit = level / 2;
    const int32_t above = kernels::count_if(n, [=](int64_t i) { return std::abs(w[i]) > limit; });
    if (above == live) break;  // as many above a threshold are the same ones, of the same mean
    const float sum = kernels::lane_sum(
        n, [=](int64_t i) { return std::abs(w[i]) > limit ? std::abs(w[i]) : 0.0f; });
    level = sum / static_cast<float>(above);
    live = above;
  }
  threshold_codes(w, n, level / 2, codes);
  return level;
}

const Register<GroupLevel> registration(group_levels(), "lloyd-max", lloyd_max,
                                        "level and threshold of the least squared error together",
                                        "Lloyd 1982, Max 1960");

}  // namespace
}  // namespace tern
