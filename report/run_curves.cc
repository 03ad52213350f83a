#include "report/run_curves.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "report/text.h"
#include "tern/sandbox/untrusted_file.h"

namespace tern {
namespace {

constexpr uint64_t kMostBytes = 8 << 20;
constexpr size_t kMostRows = 100'000;
constexpr size_t kMostNameBytes = 120;

/// The tokens read until a step.
std::optional<int64_t> tokens_at(int64_t step, const std::vector<StepRow>& steps) {
  const auto found = std::ranges::lower_bound(steps, step, {}, &StepRow::step);
  if (found != steps.end() && found->step == step) return found->tokens;
  return step == 0 ? std::optional<int64_t>(0) : std::nullopt;
}

std::vector<RunCurves::Evaluation> read_evaluations(const std::filesystem::path& file,
                                                    const std::vector<StepRow>& steps) {
  std::vector<RunCurves::Evaluation> evaluations;
  for (ResultsRow& row : read_untrusted_rows<ResultsRow>(file, kMostRows, kMostBytes)) {
    const std::optional<int64_t> tokens = tokens_at(row.step, steps);
    evaluations.push_back({.row = std::move(row), .tokens = tokens});
  }
  return evaluations;
}

std::vector<LayerRow> read_layers(const std::filesystem::path& file) {
  std::vector<LayerRow> layers = read_untrusted_rows<LayerRow>(file, kMostRows, kMostBytes);
  for (LayerRow& row : layers) row.layer = clipped(row.layer, kMostNameBytes);
  return layers;
}

StepRow mean_of(std::vector<StepRow>::const_iterator first,
                std::vector<StepRow>::const_iterator end) {
  StepRow mean = *(end - 1);
  double sum = 0, count = 0;
  for (; first != end; ++first) {
    if (!std::isfinite(first->loss)) continue;
    sum += first->loss;
    count += 1;
  }
  mean.loss = count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN();
  return mean;
}

}  // namespace

RunCurves read_run_curves(const std::filesystem::path& folder) {
  RunCurves curves;
  curves.steps = read_untrusted_rows<StepRow>(folder / "steps.tsv", kMostRows, kMostBytes);
  curves.evaluations = read_evaluations(folder / "results.tsv", curves.steps);
  curves.layers = read_layers(folder / "layers.tsv");
  return curves;
}

RunCurves thinned(const RunCurves& curves, size_t points, size_t layers) {
  RunCurves thin;
  const size_t steps = curves.steps.size();
  for (size_t i = 0, n = std::min(points, steps); i < n; ++i) {
    const auto at = [&](size_t k) {
      return curves.steps.begin() + static_cast<int64_t>(k * steps / n);
    };
    thin.steps.push_back(mean_of(at(i), at(i + 1)));
  }
  // The last evaluation always stays.
  const size_t all = curves.evaluations.size();
  for (size_t i = 1, n = std::min(points, all); i <= n; ++i) {
    thin.evaluations.push_back(curves.evaluations[i * all / n - 1]);
  }
  for (const LayerRow& layer : curves.layers) {
    if (layer.step == curves.layers.back().step && thin.layers.size() < layers) {
      thin.layers.push_back(layer);
    }
  }
  return thin;
}

}  // namespace tern
