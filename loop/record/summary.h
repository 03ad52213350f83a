#pragma once

#include <optional>
#include <string>
#include <vector>

#include "loop/record/history.h"

namespace tern::loop {

/// The gain of the incumbent over the baseline, from the runs that stand for each; 0 while the
/// baseline is the best. None where there is no baseline.
struct TotalGain {
  double gain = 0;              // nats
  std::optional<double> error;  // of it, standard; none where sigma is not known (0)
  bool comparable = true;       // false where something changed between the runs of the two
  bool operator==(const TotalGain&) const = default;
};
std::optional<TotalGain> total_gain(const History& history, double sigma);

/// ", 1.234 times the full-precision model's", or "" where that is not known.
std::string ratio_text(const History& history, double ppl);

/// "1.23 % ± 0.10 %", of perplexity; lower perplexity is a gain. Without the error where it is not
/// known.
std::string describe(const TotalGain& gain);

/// The knobs that differ between two recipes: "lr: 0.001 -> 0.002".
std::vector<std::string> knob_changes(const Experiment& from, const Experiment& to);

/// Experiments as the table that `tern log` prints, newest last. Perplexities are those of the
/// pairs of runs that decided, with equal seeds, so that each line agrees with itself.
std::string experiments_table(const History& history, size_t last);

}  // namespace tern::loop
