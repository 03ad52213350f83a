#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "tern/kernels/spd_inverse_ref.h"
#include "tern/quant/quantizer.h"

// GPTQ's columns (Frantar et al. 2022, arXiv 2210.17323) in plain scalar words and double
// precision.

namespace tern::ref {

/// The upper triangular U (n, n) of H^-1 = U^T U, where H is a Gram matrix with a hundredth of its
/// mean diagonal added to the diagonal.
inline std::vector<double> upper_factor(std::vector<double> gram, int64_t n) {
  double mean = 0;
  for (int64_t i = 0; i < n; ++i) mean += gram[i * n + i] / static_cast<double>(n);
  for (int64_t i = 0; i < n; ++i) gram[i * n + i] += 0.01 * mean;
  kernels::ref::spd_inverse(kernels::Matrix<double>(gram.data(), n, n));
  std::vector<double> upper(gram.size());
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = i; j < n; ++j) {
      double rest = gram[i * n + j];
      for (int64_t k = 0; k < i; ++k) rest -= upper[k * n + i] * upper[k * n + j];
      upper[i * n + j] = i == j ? std::sqrt(rest) : rest / upper[i * n + i];
    }
  }
  return upper;
}

/// What a rule without counted zeros does to a group as it finds it: live weights exceed a limit,
/// which lies in the middle between those that it leaves and those that it makes zero.
struct FoundGroup {
  double scale = 0, limit = 0;

  template <GroupQuantizer Rule>
  FoundGroup(const std::vector<float>& group, const Rule& rule) {
    std::vector<int8_t> codes(group.size());
    scale = rule(group.data(), std::ssize(group), codes.data());
    double dead = 0, live = std::numeric_limits<double>::infinity();
    for (size_t i = 0; i < group.size(); ++i) {
      const double magnitude = std::abs(group[i]);
      if (codes[i] == 0) dead = std::max(dead, magnitude);
      if (codes[i] != 0) live = std::min(live, magnitude);
    }
    limit = (dead + live) / 2;
  }
};

struct FittedRow {
  std::vector<int8_t> codes;  // a weight
  std::vector<float> scales;  // a group
  /// How near a weight came to its group's limit, in units of the scale.
  double margin = std::numeric_limits<double>::infinity();
};

/// Column by column: the code q of a weight, its error = (w - q scale) / U[i][i], and
/// w[j] -= error U[i][j] for the columns j behind it.
template <GroupQuantizer Rule>
FittedRow fit_row(std::vector<double> w, const std::vector<double>& upper, int64_t group_size,
                  const Rule& rule) {
  const int64_t n = std::ssize(w);
  FittedRow fitted;
  for (int64_t first = 0; first < n; first += group_size) {
    const int64_t end = std::min(first + group_size, n);
    const FoundGroup group(std::vector<float>(w.begin() + first, w.begin() + end), rule);
    fitted.scales.push_back(static_cast<float>(group.scale));
    for (int64_t i = first; i < end; ++i) {
      const bool live = group.scale > 0 && std::abs(w[i]) > group.limit;
      const int code = live ? (w[i] > 0 ? 1 : -1) : 0;
      fitted.codes.push_back(static_cast<int8_t>(code));
      if (group.scale > 0) {
        const double distance = std::abs(std::abs(w[i]) - group.limit);
        fitted.margin = std::min(fitted.margin, distance / group.scale);
      }
      const double error = (w[i] - code * group.scale) / upper[i * n + i];
      for (int64_t j = i + 1; j < n; ++j) w[j] -= error * upper[i * n + j];
    }
  }
  return fitted;
}

}  // namespace tern::ref
