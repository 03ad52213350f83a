#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "tern/quant/quantizer.h"

// Group rules in plain scalar words, in double precision; a scale is rounded to what is stored
// where the rule compares weights with it.

namespace tern::ref {

inline std::vector<double> magnitudes(const std::vector<float>& group) {
  std::vector<double> out;
  for (const float w : group) out.push_back(std::abs(w));
  return out;
}

inline int sign(float w) { return (w > 0) - (w < 0); }

/// The statistics that a threshold multiplies.
inline double mean_magnitude(const std::vector<float>& group) {
  const auto all = magnitudes(group);
  return std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size());
}
inline double median_magnitude(const std::vector<float>& group) {
  auto all = magnitudes(group);
  std::sort(all.begin(), all.end());
  return all[(all.size() - 1) / 2];
}
inline double largest_magnitude(const std::vector<float>& group) {
  const auto all = magnitudes(group);
  return *std::max_element(all.begin(), all.end());
}

/// sign(w) where |w| exceeds the limit.
inline std::vector<int8_t> codes_above(const std::vector<float>& group, double limit) {
  std::vector<int8_t> codes;
  for (const float w : group) {
    codes.push_back(static_cast<int8_t>(std::abs(w) > limit ? sign(w) : 0));
  }
  return codes;
}

/// The `zeros` smallest magnitudes become 0, the first of equal ones first.
inline std::vector<int8_t> codes_with_zeros(const std::vector<float>& group, int64_t zeros) {
  const auto all = magnitudes(group);
  std::vector<size_t> order(group.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return all[a] < all[b]; });
  std::vector<int8_t> codes = codes_above(group, 0);
  for (int64_t i = 0; i < zeros; ++i) codes[order[i]] = 0;
  return codes;
}

/// The first of the smallest of every four becomes 0.
inline std::vector<int8_t> three_of_four(const std::vector<float>& group) {
  std::vector<int8_t> codes = codes_above(group, 0);
  for (size_t i = 0; i < group.size(); i += 4) {
    const std::vector<float> quad(group.begin() + i, group.begin() + std::min(group.size(), i + 4));
    const auto all = magnitudes(quad);
    codes[i + (std::min_element(all.begin(), all.end()) - all.begin())] = 0;
  }
  return codes;
}

/// mean|w| over nonzero codes; 0 when there are none.
inline double mean_of_live(const std::vector<float>& group, const std::vector<int8_t>& codes) {
  double sum = 0;
  int live = 0;
  for (size_t i = 0; i < group.size(); ++i) {
    if (codes[i] == 0) continue;
    sum += std::abs(group[i]);
    ++live;
  }
  return live > 0 ? sum / live : 0;
}

/// Level and threshold in turn, from these codes on, until neither moves: the level is the mean of
/// the live weights, the threshold half of it. Returns the level.
inline double lloyd_max(const std::vector<float>& group, std::vector<int8_t>& codes) {
  while (true) {
    const double level = mean_of_live(group, codes);
    const std::vector<int8_t> next = codes_above(group, level / 2);
    if (next == codes) return level;
    codes = next;
  }
}

/// Sum of (w - scale code)^2.
inline double squared_error(const std::vector<float>& group, const std::vector<int8_t>& codes,
                            double scale) {
  double error = 0;
  for (size_t i = 0; i < group.size(); ++i) {
    error += std::pow(group[i] - scale * codes[i], 2);
  }
  return error;
}

}  // namespace tern::ref
