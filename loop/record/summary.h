#pragma once

#include <string>

#include "loop/decide/noise.h"
#include "loop/record/history.h"
#include "tern/base/json.h"
#include "tern/lab_files/lab.h"

namespace tern {

/// An experiment as programs read it. Figures of the confirm data are left out: proposers see what
/// the commands print.
Json to_json(const Experiment& experiment);

/// How far the lab is: best and baseline with the gain's uncertainty, noise, counts by status, the
/// experiment in flight.
Json summary_of(const Lab& lab, const History& history);

/// The gain of the incumbent over the baseline in nats and its standard error, from the runs that
/// stand for each; both 0 while the baseline is the best.
struct TotalGain {
  double gain = 0;
  double error = 0;
};
TotalGain total_gain(const History& history, double sigma);

/// ", 1.234 times the full-precision model's", or "" where that is not known.
std::string ratio_text(const History& history, double ppl);

/// "1.23 % ± 0.10 %", of perplexity; lower perplexity is a gain.
std::string describe(const TotalGain& gain);

/// The knobs that differ between two recipes: "lr: 0.001 -> 0.002".
std::vector<std::string> knob_changes(const Experiment& from, const Experiment& to);

/// Experiments as the table that `tern log` prints, newest last.
std::string experiments_table(const History& history, size_t last);

}  // namespace tern
