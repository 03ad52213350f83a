#include "loop/record/noise.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "tern/base/error.h"

namespace tern::loop {
namespace {

/// Below this share of what two runs of one recipe differ by, changes cannot be told from noise:
/// with ten changes of no effect at all the spread stays below it nine times out of ten.
constexpr double kLostInNoise = 1.25;
/// Degrees of freedom that sigma counts for where there are few confirmed runs.
constexpr double kSigmaCounts = 4;
constexpr int64_t kChanges = 10;       // looked at
constexpr int64_t kFewestChanges = 8;  // to say anything

/// Probability that a chi-square variable with `degrees` of freedom is below x: the series of the
/// incomplete gamma function (Abramowitz and Stegun 6.5.29).
double chi_square_below(double x, double degrees) {
  const double a = degrees / 2;
  const double half = x / 2;
  double term = std::exp(a * std::log(half) - half - std::lgamma(a + 1));
  double sum = 0;
  for (double n = 1; term > 1e-12 * sum; ++n) {
    sum += term;
    term *= half / (a + n);
  }
  return sum;
}

double chi_square_quantile(double probability, double degrees) {
  double low = 0;
  double high = degrees + 10 * std::sqrt(2 * degrees) + 10;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (chi_square_below(middle, degrees) < probability ? low : high) = middle;
  }
  return (low + high) / 2;
}

/// The difference by which a change was screened: its first run against the incumbent's with the
/// same seed.
std::optional<double> screening_gain(const History& history, const Experiment& change) {
  if (change.base == 0) return std::nullopt;
  for (const RunRecord& run : change.runs) {
    if (run.outcome != Outcome::kScored) continue;
    const RunRecord* other = history.at(change.base).scored(run.seed);
    if (run.stale || other == nullptr) return std::nullopt;
    return std::log(*other->val_ppl) - std::log(*run.val_ppl);
  }
  return std::nullopt;
}

/// How a figure of a run differs from seed to seed, pooled over the recipes that the lab stood on.
struct Spread {
  double squares = 0;
  int64_t runs = 0, degrees = 0;
};

/// `figure` gives a run's, or nothing.
template <class Figure>
Spread spread_of(const History& history, Figure figure) {
  Spread spread;
  for (const Experiment& e : history.experiments()) {
    if (e.status != Status::kBaseline && e.status != Status::kKeep) continue;
    std::vector<double> values;
    for (const RunRecord* run : e.fresh_runs()) {
      if (const std::optional<double> value = figure(*run)) values.push_back(*value);
    }
    if (values.size() < 2) continue;
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / std::ssize(values);
    for (const double value : values) spread.squares += std::pow(value - mean, 2);
    spread.runs += std::ssize(values);
    spread.degrees += std::ssize(values) - 1;
  }
  return spread;
}

double percent_higher(double nats) { return 100 * std::expm1(nats); }

std::string advice(const Power& power, const Noise& noise, int64_t repeats) {
  // Two standard errors of a mean over n pairs of runs.
  const auto visible = [&](double pairs) { return 2 * noise.sigma * std::sqrt(2 / pairs); };
  const double n = static_cast<double>(repeats);
  return fmt::format(
      "the last {} changes differ from the incumbent by {:.2f} % and two runs of one recipe by "
      "{:.2f} %, so nothing can be decided; what helps: bolder changes, a longer budget, "
      "more evaluation text, or more repeats (with research.repeats = {} gains above {:.2f} % are "
      "seen, with {} those above {:.2f} %)",
      power.changes, percent_higher(power.spread), percent_higher(std::sqrt(2.0) * noise.sigma),
      repeats, percent_higher(visible(n)), 4 * repeats, percent_higher(visible(4 * n)));
}

}  // namespace

Noise estimate_noise(const History& history) {
  const Spread spread = spread_of(
      history, [](const RunRecord& run) { return std::optional(std::log(*run.val_ppl)); });
  Noise noise{.runs = spread.runs, .degrees = spread.degrees};
  if (noise.degrees == 0) return noise;
  const double degrees = static_cast<double>(noise.degrees);
  noise.sigma = std::sqrt(spread.squares / degrees);
  noise.low = std::sqrt(spread.squares / chi_square_quantile(0.95, degrees));
  noise.high = std::sqrt(spread.squares / chi_square_quantile(0.05, degrees));
  return noise;
}

double estimate_confirm_noise(const History& history) {
  const double sigma = estimate_noise(history).sigma;
  if (sigma <= 0) return 0;
  const Spread spread = spread_of(history, [](const RunRecord& run) {
    return run.confirm_ppl ? std::optional(std::log(*run.val_ppl / *run.confirm_ppl))
                           : std::nullopt;
  });
  return std::sqrt((spread.squares + kSigmaCounts * sigma * sigma) /
                   (static_cast<double>(spread.degrees) + kSigmaCounts));
}

Power power_of(const History& history, const Noise& noise, int64_t repeats) {
  Power power;
  double squares = 0;
  bool kept = false;
  const std::vector<Experiment>& all = history.experiments();
  for (auto e = all.rbegin(); e != all.rend() && power.changes < kChanges; ++e) {
    const std::optional<double> gain = screening_gain(history, *e);
    if (!gain || e->proposer == kCheckProposer) continue;
    ++power.changes;
    squares += *gain * *gain;
    kept = kept || e->status == Status::kKeep;
  }
  if (power.changes == 0) return power;
  const double mean_square = squares / static_cast<double>(power.changes);
  const double of_noise = 2 * noise.sigma * noise.sigma;
  power.spread = std::sqrt(mean_square);
  power.effect = std::sqrt(std::max(0.0, mean_square - of_noise));
  const bool lost = power.spread < kLostInNoise * std::sqrt(of_noise);
  if (lost && !kept && power.changes >= kFewestChanges) {
    power.sentence = advice(power, noise, repeats);
  }
  return power;
}

std::string describe_gain(double gain) {
  return fmt::format("{:.2f} % {}", std::abs(percent_higher(-gain)),
                     gain >= 0 ? "lower" : "higher");
}

std::string describe_gain(double gain, double sigma) {
  if (sigma <= 0) return describe_gain(gain);
  return fmt::format("{} ({:.1f} sigma)", describe_gain(gain), std::abs(gain) / sigma);
}

}  // namespace tern::loop
