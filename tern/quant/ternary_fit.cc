#include "tern/quant/ternary_fit.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "tern/base/error.h"
#include "tern/kernels/lanes.h"
#include "tern/kernels/spd_inverse.h"
#include "tern/parallel/parallel.h"
#include "tern/quant/least_squares.h"

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

/// What a rule does to a group as it finds it: its scale, and the magnitude that live weights
/// exceed.
struct Step {
  float scale = 0;
  float limit = 0;

  static Step of(const float* w, int64_t n, const GroupRule& rule, int8_t* codes) {
    Step step;
    step.scale = rule(w, n, codes);
    float dead = 0, live = INFINITY;
    for (int64_t i = 0; i < n; ++i) {
      const float magnitude = std::abs(w[i]);
      if (codes[i] == 0) dead = std::max(dead, magnitude);
      if (codes[i] != 0) live = std::min(live, magnitude);
    }
    step.limit = std::isinf(live) ? INFINITY : 0.5f * (dead + live);
    return step;
  }
};

/// Tells live weights from dead ones, one after the other.
class Chooser {
 public:
  /// For w[begin, end) of a row; `codes` are the rule's as it finds the group.
  Chooser(const float* w, const int8_t* codes, int64_t begin, int64_t end, float limit,
          int64_t counted)
      : w_(w), codes_(codes), end_(end), limit_(limit), counted_(counted), unit_end_(begin) {}

  bool live(int64_t i) {
    const float magnitude = std::abs(w_[i]);
    if (counted_ == 0) return magnitude > limit_;
    if (i == unit_end_) enter_unit(i);
    // As many zeros as the rule makes: those of the weights that are left now that are smallest.
    const float* rest = w_ + i + 1;
    const int64_t smaller = kernels::count_if(
        unit_end_ - i - 1, [=](int64_t j) { return std::abs(rest[j]) < magnitude; });
    if (smaller >= zeros_) return true;
    --zeros_;
    return false;
  }

 private:
  void enter_unit(int64_t i) {
    unit_end_ = i + std::min(counted_, end_ - i);
    zeros_ = std::count(codes_ + i, codes_ + unit_end_, int8_t{0});
  }

  const float* w_;
  const int8_t* codes_;
  int64_t end_;
  float limit_;
  int64_t counted_;
  int64_t unit_end_;
  int64_t zeros_ = 0;
};

/// Rounds w[begin, end) of one row, and lets the columns behind each weight make up for it. `codes`
/// are the rule's as it finds the group, and become the chosen ones.
void fit_columns(float* w, int8_t* codes, int64_t begin, int64_t end, Matrix<const float> upper,
                 const Step& step, int64_t counted) {
  Chooser chooser(w, codes, begin, end, step.limit, counted);
  for (int64_t i = begin; i < end; ++i) {
    const bool live = step.scale > 0 && chooser.live(i);
    codes[i] = static_cast<int8_t>(live ? std::copysign(1.0f, w[i]) : 0.0f);
    const float* u = upper.row(i);
    const float error = (w[i] - step.scale * codes[i]) / u[i];
    for (int64_t j = i + 1; j < upper.cols; ++j) w[j] -= error * u[j];
  }
}

/// Moves weights a share of the way to what their codes say: zero, or the mean of the live ones.
/// Only those whose code the rule `found` otherwise, or all.
void move_to_codes(std::span<float> w, const int8_t* codes, const int8_t* found, float share,
                   bool all) {
  const float level = least_squares_level(w.data(), std::ssize(w), codes);
  for (int64_t i = 0; i < std::ssize(w); ++i) {
    if (all || codes[i] != found[i]) w[i] += share * (level * codes[i] - w[i]);
  }
}

/// Changes a group's weights until the rule gives them these codes and this scale: whatever the
/// columns behind a weight made up for has moved the statistic that the rule measures. At first
/// only the weights on the wrong side move, in growing steps; if that does not do, all of them,
/// up to the quantized weights themselves. Returns false if not even those have these codes.
bool settle(std::span<float> w, const int8_t* codes, float scale, const GroupRule& rule) {
  constexpr int kRounds = 16;
  std::vector<int8_t> found(w.size());
  for (int round = 0; round < 2 * kRounds; ++round) {
    const float now = rule(w.data(), std::ssize(w), found.data());
    const bool same = std::equal(found.begin(), found.end(), codes);
    if (same && std::abs(now - scale) <= 0x1p-10f * scale) return true;
    if (!same) {
      const float share = static_cast<float>(round % kRounds + 1) / kRounds;
      move_to_codes(w, codes, found.data(), share, round >= kRounds);
    }
    if (now > 0) {
      for (float& weight : w) weight *= scale / now;
    }
  }
  rule(w.data(), std::ssize(w), found.data());
  return std::equal(found.begin(), found.end(), codes);
}

/// settle(), or where the rule never gives such codes, its scale alone.
void keep_codes(std::span<float> w, const int8_t* codes, float scale, const GroupRule& rule) {
  const std::vector<float> fitted(w.begin(), w.end());
  if (settle(w, codes, scale, rule)) return;
  std::vector<int8_t> found(w.size());
  const float now = rule(fitted.data(), std::ssize(w), found.data());
  const float factor = now > 0 ? scale / now : 1.0f;
  for (size_t i = 0; i < w.size(); ++i) w[i] = factor * fitted[i];
}

void check_shapes(Matrix<float> w, Matrix<const float> factor, Grouping grouping, int64_t counted) {
  check(factor.rows == w.cols && factor.cols == w.cols,
        "fit_ternary: a Gram matrix of {} x {} for rows of {} weights", factor.rows, factor.cols,
        w.cols);
  const bool crosses = counted != 0 && counted != GroupRule::kWholeGroup && w.cols % counted != 0;
  check(!grouping.whole_tensor() || !crosses,
        "--start gptq fits rows one by one, and with --group tensor the pattern of {} weights goes "
        "on from one row of {} to the next; use --group row or --pattern none",
        counted, w.cols);
}

}  // namespace

void factor_gram(Matrix<float> gram) {
  damp(gram);
  const std::span<float> all(gram.data, static_cast<size_t>(gram.size()));
  std::reverse(all.begin(), all.end());
  std::vector<float> inverse_factor(all.size());
  kernels::inverse_cholesky(gram, {inverse_factor.data(), gram.rows, gram.cols});
  std::reverse_copy(inverse_factor.begin(), inverse_factor.end(), all.begin());
  for (int64_t i = 0; i < gram.rows; ++i) {
    const float diagonal = gram.row(i)[i];
    check(std::isfinite(diagonal) && diagonal > 0,
          "the Gram matrix of a layer's inputs cannot be inverted; calibrate on more tokens");
  }
}

PackedTernary fit_ternary(Matrix<float> w, Matrix<const float> factor, Grouping grouping,
                          const GroupRule& rule) {
  const int64_t counted = rule.counted_weights();
  check_shapes(w, factor, grouping, counted);
  const bool whole = grouping.whole_tensor();
  const int64_t group = grouping.size > 0 ? grouping.size : w.cols;
  std::vector<int8_t> codes(static_cast<size_t>(w.rows * w.cols));
  std::vector<float> scales(static_cast<size_t>(grouping.scale_count(w.rows, w.cols)));
  const Step tensor = whole ? Step::of(w.row(0), w.rows * w.cols, rule, codes.data()) : Step();
  parallel_for(w.rows, 1, [&](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; ++o) {
      float* row = w.row(o);
      int8_t* row_codes = codes.data() + o * w.cols;
      for (int64_t first = 0; first < w.cols; first += group) {
        const int64_t n = std::min(group, w.cols - first);
        const Step step = whole ? tensor : Step::of(row + first, n, rule, row_codes + first);
        fit_columns(row, row_codes, first, first + n, factor, step, counted);
        if (whole) continue;
        keep_codes({row + first, static_cast<size_t>(n)}, row_codes + first, step.scale, rule);
        scales[o * grouping.groups_per_row(w.cols) + first / group] = step.scale;
      }
    }
  });
  if (whole) {
    keep_codes({w.row(0), codes.size()}, codes.data(), tensor.scale, rule);
    scales[0] = tensor.scale;
  }
  return pack_ternary(codes, scales, w.rows, w.cols, grouping);
}

}  // namespace tern
