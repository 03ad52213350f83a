#pragma once

#include <cmath>
#include <initializer_list>

#include "loop/decide/policy.h"

namespace tern::loop {

/// Two sides of a comparison for tests of policies: an incumbent, the baseline, and candidate 7.
/// Runs are given by their seed and ln(perplexity).
struct Sides {
  static constexpr double kSigma = 0.01;
  static constexpr uint64_t kShownSeed = 7951;  // of the pair whose gain is shown

  Experiment incumbent;
  Experiment candidate;
  double shortfall = 0;
  double confirm_noise = kSigma / 2;

  Sides() {
    incumbent.number = 1;
    incumbent.status = Status::kBaseline;
    candidate.number = 7;
    candidate.base = 1;
    incumbent.code_lines = candidate.code_lines = 100;
  }

  RunRecord& add(Experiment& side, uint64_t seed, double ln_ppl) {
    RunRecord& run = side.runs.emplace_back();
    run.number = static_cast<int64_t>(side.runs.size());
    run.comparison = &side == &candidate || seed > 1000 ? candidate.number : 1;
    run.seed = seed;
    run.outcome = Outcome::kScored;
    run.val_ppl = std::exp(ln_ppl);
    return run;
  }
  void fail_run(Experiment& side, uint64_t seed, Outcome outcome, const char* reason) {
    RunRecord& run = add(side, seed, 0);
    run.outcome = outcome;
    run.reason = reason;
    run.comparison = candidate.number;
    run.val_ppl.reset();
  }
  /// One run of each side with this seed, the candidate ahead by `gain`.
  void add_pair(uint64_t seed, double gain) {
    add(candidate, seed, 3 - gain);
    if (incumbent.scored(seed) == nullptr) add(incumbent, seed, 3);
  }
  void confirm(uint64_t seed, double gain) {
    for (Experiment* side : {&candidate, &incumbent}) {
      for (RunRecord& run : side->runs) {
        if (run.seed == seed) run.confirm_ppl = std::exp(side == &candidate ? 3 - gain : 3);
      }
    }
  }

  Comparison comparison(double sigma = kSigma, bool has_confirm_data = true) const {
    return {candidate, incumbent, sigma, has_confirm_data, shortfall, confirm_noise};
  }
};

}  // namespace tern::loop
