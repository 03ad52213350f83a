#include "loop/propose/parzen.h"

#include <algorithm>
#include <cmath>

namespace tern::loop {
namespace {

constexpr double kGoodShare = 0.25;

/// Integral of the standard normal density up to x.
double normal_below(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

/// A normal density around `center`, cut off half a place beyond the first and the last value.
double kernel(double place, double center, double width, double values) {
  const double low = normal_below((-0.5 - center) / width);
  const double high = normal_below((values - 0.5 - center) / width);
  const double z = (place - center) / width;
  return std::exp(-z * z / 2) / (width * std::sqrt(2 * M_PI) * (high - low));
}

}  // namespace

Parzen::Parzen(std::vector<ParzenDimension> dimensions, std::vector<Observation> observations)
    : dimensions_(std::move(dimensions)), good_(dimensions_.size()), rest_(dimensions_.size()) {
  const auto better = [](const Observation& a, const Observation& b) {
    return a.score && (!b.score || *a.score > *b.score);
  };
  std::ranges::stable_sort(observations, better);
  const double count = static_cast<double>(observations.size());
  const auto good = static_cast<size_t>(std::ceil(kGoodShare * count));
  for (size_t i = 0; i < observations.size(); ++i) {
    const Observation& seen = observations[i];
    for (size_t d = 0; d < dimensions_.size(); ++d) {
      if (!seen.places[d]) continue;
      (i < good && seen.score ? good_ : rest_)[d].push_back(*seen.places[d]);
    }
  }
}

double Parzen::density(const std::vector<double>& places, size_t dimension, double place) const {
  const auto& [values, ordered] = dimensions_[dimension];
  const double range = static_cast<double>(values);
  const double count = static_cast<double>(places.size());
  if (!ordered) {
    const auto same = static_cast<double>(std::ranges::count(places, place));
    return (same + 1) / (count + range);
  }
  // One uniform kernel stands for what was never tried; the others narrow as tries accumulate.
  const double width = std::clamp((range - 1) / std::sqrt(count + 1), 0.5, range / 2);
  double sum = 1 / range;
  for (const double center : places) sum += kernel(place, center, width, range);
  return sum / (count + 1);
}

double Parzen::density_of_good(size_t dimension, double place) const {
  return density(good_[dimension], dimension, place);
}

double Parzen::log_ratio(size_t dimension, double place) const {
  return std::log(density(good_[dimension], dimension, place)) -
         std::log(density(rest_[dimension], dimension, place));
}

double Parzen::expected_improvement(double log_ratio) {
  return 1 / (kGoodShare + (1 - kGoodShare) * std::exp(-log_ratio));
}

}  // namespace tern::loop
