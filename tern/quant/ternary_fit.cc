#include "tern/quant/ternary_fit.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "tern/base/error.h"
#include "tern/kernels/lanes.h"
#include "tern/kernels/spd_inverse.h"
#include "tern/parallel/parallel.h"

namespace tern {
namespace {

using kernels::Matrix;

/// Share of the mean diagonal that is added to it, as GPTQ's authors do: inputs that always move
/// together, or never, leave the Gram matrix singular.
constexpr double kDamping = 0.01;

void damp(Matrix<float> gram) {
  double sum = 0;
  for (int64_t i = 0; i < gram.rows; ++i) sum += gram.row(i)[i];
  const double mean = sum / static_cast<double>(gram.rows);
  const auto added = static_cast<float>(mean > 0 ? kDamping * mean : 1.0);
  for (int64_t i = 0; i < gram.rows; ++i) gram.row(i)[i] += added;
}

/// a = U^T U in place for a symmetric positive definite a: U's rows from the diagonal on.
void cholesky_upper(Matrix<float> a) {
  const int64_t n = a.rows;
  for (int64_t i = 0; i < n; ++i) {
    float* row = a.row(i);
    check(row[i] > 0,
          "the Gram matrix of a layer's inputs cannot be inverted; calibrate on more "
          "tokens");
    const float inverse = 1 / std::sqrt(row[i]);
    for (int64_t j = i; j < n; ++j) row[j] *= inverse;
    parallel_for(n - i - 1, 16, [&](int64_t begin, int64_t end) {
      for (int64_t k = i + 1 + begin; k < i + 1 + end; ++k) {
        float* below = a.row(k);
        const float factor = row[k];
        for (int64_t j = k; j < n; ++j) below[j] -= factor * row[j];
      }
    });
  }
}

/// What a rule does to one group, as a function of a single weight.
struct Step {
  float scale = 0;
  float limit = 0;  // weights of a larger magnitude are live

  static Step of(const float* w, int64_t n, const GroupRule& rule) {
    std::vector<int8_t> codes(static_cast<size_t>(n));
    Step step;
    step.scale = rule(w, n, codes.data());
    float dead = 0, live = INFINITY;
    for (int64_t i = 0; i < n; ++i) {
      const float magnitude = std::abs(w[i]);
      if (codes[i] == 0) dead = std::max(dead, magnitude);
      if (codes[i] != 0) live = std::min(live, magnitude);
    }
    // Rules that count zeros have no threshold of their own; this one chooses as they did.
    step.limit = std::isinf(live) ? INFINITY : std::max(0.0f, 0.5f * (dead + live));
    return step;
  }
  float quantized(float w) const { return std::abs(w) > limit ? std::copysign(scale, w) : 0.0f; }
};

float mean_magnitude(const float* w, int64_t n) {
  return kernels::lane_sum(n, [w](int64_t i) { return std::abs(w[i]); }) / static_cast<float>(n);
}

/// Rounds w[begin, end) of one row, and lets the columns behind each weight make up for it.
void fit_columns(float* w, int64_t begin, int64_t end, Matrix<const float> upper,
                 const Step& step) {
  for (int64_t i = begin; i < end; ++i) {
    const float* u = upper.row(i);
    const float error = (w[i] - step.quantized(w[i])) / u[i];
    for (int64_t j = i + 1; j < upper.cols; ++j) w[j] -= error * u[j];
  }
}

}  // namespace

void factor_gram(Matrix<float> gram) {
  damp(gram);
  kernels::spd_inverse(gram);
  cholesky_upper(gram);
}

void fit_ternary(Matrix<float> w, Matrix<const float> factor, Grouping grouping,
                 const GroupRule& rule) {
  check(factor.rows == w.cols && factor.cols == w.cols,
        "fit_ternary: a Gram matrix of {} x {} for rows of {} weights", factor.rows, factor.cols,
        w.cols);
  const int64_t group = grouping.size > 0 ? grouping.size : w.cols;
  const Step whole = grouping.whole_tensor() ? Step::of(w.row(0), w.rows * w.cols, rule) : Step();
  parallel_for(w.rows, 1, [&](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; ++o) {
      float* row = w.row(o);
      for (int64_t first = 0; first < w.cols; first += group) {
        const int64_t last = std::min(first + group, w.cols);
        const Step step =
            grouping.whole_tensor() ? whole : Step::of(row + first, last - first, rule);
        const float before = mean_magnitude(row + first, last - first);
        fit_columns(row, first, last, factor, step);
        const float after = mean_magnitude(row + first, last - first);
        if (grouping.whole_tensor() || after == 0) continue;
        for (int64_t i = first; i < last; ++i) row[i] *= before / after;
      }
    }
  });
}

}  // namespace tern
