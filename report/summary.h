#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "loop/record/history.h"
#include "loop/record/noise.h"
#include "tern/lab_files/lab.h"

namespace tern {

/// A number with its standard deviation; that is empty when sigma is not known yet.
struct Measured {
  double value = 0;
  std::optional<double> sd = {};
};

/// A knob that has another value in the best recipe than in the baseline.
struct ChangedKnob {
  std::string name, baseline, best;  // empty where the recipe has no such knob
};

/// What the head of a report says.
struct Summary {
  std::array<int64_t, 7> counts = {};  // experiments by status
  loop::Noise noise;
  std::optional<double> sigma;  // of one run's ln(perplexity), where it is known
  std::string doubt;            // why nothing can be decided, in one sentence; empty when it can
  const loop::Experiment* baseline = nullptr;
  const loop::Experiment* best = nullptr;
  std::optional<Measured> best_ppl;  // the deviation is in perplexity
  std::optional<Measured> gain;      // ln(perplexity) that the best won over the baseline
  /// True when the best recipe's score is that of the run which selected it, and so too good.
  bool optimistic = false;
  std::optional<double> full_precision_ppl;
  std::vector<ChangedKnob> changed;

  int64_t count(loop::Status status) const { return counts[static_cast<size_t>(status)]; }
};

/// `history` must outlive the summary.
Summary summarize(const Lab& lab, const loop::History& history);

/// Standard deviation of ln(perplexity) of an experiment's score, from that of one run.
std::optional<double> log_deviation(const loop::Experiment& experiment,
                                    std::optional<double> sigma);

}  // namespace tern
