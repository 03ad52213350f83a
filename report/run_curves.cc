#include "report/run_curves.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "report/text.h"
#include "tern/sandbox/untrusted_file.h"

namespace tern {
namespace {

constexpr uint64_t kMostBytes = 8 << 20;
constexpr size_t kMostRows = 100'000;
constexpr size_t kMostNameBytes = 120;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

using Row = std::map<std::string, std::string>;

double number(const Row& row, const char* column) {
  const auto found = row.find(column);
  return found == row.end() ? kNone : untrusted_number(found->second).value_or(kNone);
}

/// The rows of a table that say their step.
std::vector<Row> read_rows(const std::filesystem::path& file) {
  std::vector<Row> rows = read_untrusted_table(file, kMostRows, kMostBytes);
  std::erase_if(rows, [](const Row& row) { return std::isnan(number(row, "step")); });
  return rows;
}

std::vector<RunCurves::Step> read_steps(const std::filesystem::path& file) {
  std::vector<RunCurves::Step> steps;
  for (const Row& row : read_rows(file)) {
    steps.push_back({number(row, "step"), number(row, "tokens"), number(row, "seconds"),
                     number(row, "loss"), number(row, "lr"), number(row, "lambda")});
  }
  return steps;
}

/// The tokens seen at a step, of which steps.tsv alone knows.
double tokens_at(double step, const std::vector<RunCurves::Step>& steps) {
  const auto found = std::lower_bound(steps.begin(), steps.end(), step,
                                      [](const auto& row, double s) { return row.step < s; });
  if (found != steps.end() && found->step == step) return found->tokens;
  return step == 0 ? 0 : kNone;
}

std::vector<RunCurves::Evaluation> read_evaluations(const std::filesystem::path& file,
                                                    const std::vector<RunCurves::Step>& steps) {
  std::vector<RunCurves::Evaluation> evaluations;
  for (const Row& row : read_rows(file)) {
    const double step = number(row, "step");
    evaluations.push_back({step, tokens_at(step, steps), number(row, "eval_ppl"),
                           number(row, "eval_bpb"), number(row, "q_neg1"), number(row, "q_zero"),
                           number(row, "q_pos1")});
  }
  return evaluations;
}

std::vector<RunCurves::Layer> read_layers(const std::filesystem::path& file) {
  std::vector<RunCurves::Layer> layers;
  for (const Row& row : read_rows(file)) {
    const auto name = row.find("layer");
    if (name == row.end()) continue;
    layers.push_back({number(row, "step"), number(row, "q_neg1"), number(row, "q_zero"),
                      number(row, "q_pos1"), number(row, "flip_rate"),
                      clipped(name->second, kMostNameBytes)});
  }
  return layers;
}

RunCurves::Step mean_of(std::vector<RunCurves::Step>::const_iterator first,
                        std::vector<RunCurves::Step>::const_iterator end) {
  RunCurves::Step mean = *(end - 1);
  double sum = 0, count = 0;
  for (; first != end; ++first) {
    if (std::isnan(first->loss)) continue;
    sum += first->loss;
    count += 1;
  }
  mean.loss = count > 0 ? sum / count : kNone;
  return mean;
}

}  // namespace

RunCurves read_run_curves(const std::filesystem::path& folder) {
  RunCurves curves;
  curves.steps = read_steps(folder / "steps.tsv");
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
  for (const RunCurves::Layer& layer : curves.layers) {
    if (layer.step == curves.layers.back().step && thin.layers.size() < layers) {
      thin.layers.push_back(layer);
    }
  }
  return thin;
}

}  // namespace tern
