#include "report/summary.h"

#include <algorithm>
#include <cmath>

#include "tern/contract/knob_description.h"

namespace tern {
namespace {

std::vector<ChangedKnob> changed_knobs(const loop::Experiment& baseline,
                                       const loop::Experiment& best) {
  const auto value_in = [](const loop::Experiment& e, const std::string& name) {
    const std::string* value = loop::value_of(e.knobs, name);
    return value == nullptr ? std::string() : *value;
  };
  std::vector<ChangedKnob> changed;
  const auto note = [&](const std::string& name) {
    const ChangedKnob knob{name, value_in(baseline, name), value_in(best, name)};
    const bool known = std::any_of(changed.begin(), changed.end(),
                                   [&](const ChangedKnob& other) { return other.name == name; });
    if (!known && !same_value(knob.baseline, knob.best)) changed.push_back(knob);
  };
  for (const auto& [name, value] : best.knobs) note(name);
  for (const auto& [name, value] : baseline.knobs) note(name);
  return changed;
}

Measured gain_over(const loop::Experiment& baseline, const loop::Experiment& best,
                   std::optional<double> sigma) {
  Measured gain{std::log(*baseline.val_ppl()) - std::log(*best.val_ppl())};
  const auto sd = log_deviation(best, sigma), sd_baseline = log_deviation(baseline, sigma);
  if (sd && sd_baseline) gain.sd = std::hypot(*sd, *sd_baseline);
  return gain;
}

}  // namespace

std::optional<double> log_deviation(const loop::Experiment& experiment,
                                    std::optional<double> sigma) {
  const size_t runs = experiment.estimate_runs().size();
  if (!sigma || runs == 0) return std::nullopt;
  return *sigma / std::sqrt(static_cast<double>(runs));
}

Summary summarize(const Lab& lab, const loop::History& history) {
  Summary summary;
  for (const loop::Experiment& e : history.experiments())
    ++summary.counts[static_cast<size_t>(e.status)];
  summary.noise = loop::estimate_noise(history);
  if (summary.noise.sigma > 0) summary.sigma = summary.noise.sigma;
  summary.doubt = loop::power_of(history, summary.noise, lab.config().research.repeats).sentence;
  if (history.reference_ppl() > 0) summary.full_precision_ppl = history.reference_ppl();
  summary.baseline = history.baseline();
  summary.best = history.incumbent();
  if (summary.best == nullptr || !summary.best->val_ppl()) return summary;

  const loop::Experiment& best = *summary.best;
  const auto sd = log_deviation(best, summary.sigma);
  summary.best_ppl = Measured{*best.val_ppl()};
  if (sd) summary.best_ppl->sd = *best.val_ppl() * *sd;
  summary.optimistic = best.base != 0 && best.fresh_runs().empty();
  if (summary.baseline == nullptr || summary.baseline == summary.best) return summary;
  summary.changed = changed_knobs(*summary.baseline, best);
  if (summary.baseline->val_ppl()) summary.gain = gain_over(*summary.baseline, best, summary.sigma);
  return summary;
}

}  // namespace tern
