#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "loop/record/answers.h"
#include "loop/record/noise.h"
#include "loop/research/session.h"
#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/flags.h"
#include "tern/contract/json_form.h"
#include "tern/runner/stop_signals.h"

namespace tern::loop {
namespace {

struct PairedGain {
  int64_t pairs = 0;
  std::optional<double> mean = {};   // nats
  std::optional<double> error = {};  // standard; none where sigma is not known
};

/// The gain over all pairs of runs, with one seed each, that did not select the candidate.
PairedGain paired_gain(const Experiment& candidate, const Experiment& base, double sigma) {
  PairedGain out;
  double sum = 0, squares = 0;
  for (const RunRecord* run : candidate.fresh_runs()) {
    const RunRecord* other = base.scored(run->seed);
    if (other == nullptr) continue;
    const double gain = std::log(*other->val_ppl / *run->val_ppl);
    sum += gain;
    squares += gain * gain;
    ++out.pairs;
  }
  const auto n = static_cast<double>(out.pairs);
  if (out.pairs == 0) return out;
  const double mean = sum / n;
  const double spread = out.pairs > 1
                            ? std::sqrt(std::max(0.0, squares - n * mean * mean) / (n - 1))
                            : sigma * std::sqrt(2);
  out.mean = mean;
  if (spread > 0) out.error = spread / std::sqrt(n);
  return out;
}

struct ConfirmOptions {
  int64_t number = 0;
  int64_t pairs = 3;
  bool json = false;

  void add_to(Flags& flags) {
    flags.add_positional("N", number, "the experiment's number");
    flags.add("pairs", pairs, "runs of either side");
    flags.add_json(json);
  }
  void check() const { require_not_negative({{"pairs", static_cast<double>(pairs)}}); }
};

int confirm(const ConfirmOptions& options) {
  count_stop_signals();
  SessionOptions asked;
  asked.bounds.stops = stop_signals;
  if (options.json) asked.out = stderr;
  const Lab lab = Lab::find(".");
  Session session(lab, asked);
  const int64_t number = options.number;
  session.research().confirm(number, options.pairs);
  const History& history = session.history();
  const Experiment& candidate = history.at(number);
  const PairedGain gain =
      paired_gain(candidate, history.at(candidate.base), estimate_noise(history).sigma);
  if (options.json) {
    const ConfirmAnswer answer = {.experiment = number,
                                  .base = candidate.base,
                                  .pairs = gain.pairs,
                                  .gain = gain.mean,
                                  .gain_error = gain.error};
    fmt::print("{}\n", json_of(answer).dump_pretty());
  } else {
    fmt::print("{:04} against {:04} over {} pairs of runs: {}{}\n", number, candidate.base,
               gain.pairs, gain.mean ? describe_gain(*gain.mean) : "nothing to compare",
               gain.error ? fmt::format(", standard error {:.2f} %", 100 * *gain.error) : "");
  }
  return kSuccess;
}

const RegisterCommand confirm_command(
    {.name = "confirm",
     .summary = "repeat an experiment and its base on fresh seeds",
     .group = CommandGroup::kSearch,
     .place = 6,
     .description =
         "Runs an experiment's recipe and the one that it changed on fresh seeds, and shows the "
         "gain with its\nuncertainty. The branch stays as it is.",
     .options = runs(confirm)});

}  // namespace
}  // namespace tern::loop
