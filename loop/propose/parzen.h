#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "tern/base/rng.h"

namespace tern::loop {

/// One dimension of what a tree-structured Parzen estimator looks at.
struct ParzenDimension {
  size_t values = 0;     // at places 0 .. values - 1
  bool ordered = false;  // neighbouring places are alike, and there is something in between
};

/// One thing that was tried.
struct Observation {
  std::vector<std::optional<double>> places;  // by dimension; none: not known there
  std::optional<double> score;                // the higher the better; none: it failed
};

/// Tree-structured Parzen estimator (Bergstra et al. 2011): the best quarter of what was tried and
/// the rest are each described by one density a dimension; where the first is high and the second
/// low, the expected improvement is large. What failed is among the rest.
class Parzen {
 public:
  Parzen(std::vector<ParzenDimension> dimensions, std::vector<Observation> observations);

  /// Density of the best quarter at a place of one dimension.
  double density_of_good(size_t dimension, double place) const;
  /// ln of that density less ln of the rest's.
  double log_ratio(size_t dimension, double place) const;
  /// Expected improvement from the sum of log_ratio() over all dimensions, as a multiple of that of
  /// a random try: 0 to 4.
  static double expected_improvement(double log_ratio);

 private:
  double density(const std::vector<double>& places, size_t dimension, double place) const;

  std::vector<ParzenDimension> dimensions_;
  std::vector<std::vector<double>> good_, rest_;  // places by dimension
};

}  // namespace tern::loop
