#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <limits>
#include <span>
#include <vector>

#include "tern/base/bf16.h"
#include "tern/base/rng.h"

namespace tern::kernels {

/// Standard normal numbers times `scale`, the same for the same seed.
template <class T = float>
std::vector<T> random_normal(int64_t n, uint64_t seed, double scale = 1.0) {
  Rng rng(seed);
  std::vector<T> out(static_cast<size_t>(n));
  for (T& value : out) value = static_cast<T>(static_cast<float>(scale * rng.normal()));
  return out;
}

template <class To, class From>
std::vector<To> convert(const std::vector<From>& from) {
  std::vector<To> out;
  out.reserve(from.size());
  for (const From& value : from) {
    if constexpr (std::is_same_v<From, bf16>) {
      out.push_back(To(static_cast<float>(value)));
    } else {
      out.push_back(To(value));
    }
  }
  return out;
}

/// Relative rounding error of one stored number: half a unit in the last place.
template <class T>
constexpr double rounding() {
  if constexpr (std::is_same_v<T, bf16>) {
    return 0x1p-8;
  } else {
    return std::numeric_limits<T>::epsilon() / 2;
  }
}

/// Expects |got - want| <= tolerance * (1 + |want|) everywhere and names the worst element.
template <class Got, class Want>
void expect_close(const std::vector<Got>& got, const std::vector<Want>& want, double tolerance) {
  ASSERT_EQ(got.size(), want.size());
  double worst = -1;
  size_t where = 0;
  for (size_t i = 0; i < got.size(); ++i) {
    const double w = static_cast<double>(want[i]);
    const double g = static_cast<double>(static_cast<float>(got[i]));
    const double error = std::isfinite(g) ? std::abs(g - w) / (1 + std::abs(w)) : INFINITY;
    if (error > worst) worst = error, where = i;
  }
  EXPECT_LE(worst, tolerance) << "worst at element " << where << ": got "
                              << static_cast<float>(got[where]) << ", want " << want[where];
}

/// d f / d x[i] for every i by the complex step (Squire and Trapp 1998): exact to rounding, with no
/// step size to tune. f takes a vector of std::complex<double> and returns a std::complex<double>.
template <class Function>
std::vector<double> complex_step_gradient(const std::vector<double>& x, Function&& f) {
  constexpr double kStep = 1e-50;
  std::vector<std::complex<double>> z(x.begin(), x.end());
  std::vector<double> gradient(x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    z[i] = {x[i], kStep};
    gradient[i] = f(z).imag() / kStep;
    z[i] = x[i];
  }
  return gradient;
}

}  // namespace tern::kernels
