#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "loop/record/history.h"

namespace tern::loop {

/// What a policy looks at: both sides' runs so far and the noise of one run.
struct Comparison {
  const Experiment& candidate;
  const Experiment& incumbent;
  double sigma = 0;  // of one run's ln(perplexity); 0: not known
  bool has_confirm_data = true;
  /// ln(perplexity) that the incumbent is behind the best of the recipes that it came from; 0 where
  /// it is the best itself. See shortfall().
  double shortfall = 0;
  /// Of one run's ln(val_ppl / confirm_ppl), see estimate_confirm_noise(); 0: not known.
  double confirm_noise = 0;
  double text_spread = 0.1;  // research.text_spread of lab.toml
};

/// What to do next about a candidate.
struct Step {
  enum class Kind { kRunCandidate, kRunIncumbent, kConfirmData, kKeep, kDiscard };
  Kind kind = Kind::kDiscard;
  uint64_t seed = 0;                // of the run; for kConfirmData of the pair of runs to score
  std::string reason = {};          // of a decision, in one sentence
  std::optional<double> gain = {};  // of a decision: ln(perplexity) won
  std::optional<Compared> compared = {};  // of a decision: by which pairs of runs
};

/// Decides between a candidate and the incumbent by asking for runs until it is sure. A function of
/// the comparison alone, so a killed loop comes to the same decision. What a step asks for must be
/// in the history before the next one is asked for: a run with an end, or after kConfirmData the
/// confirm_ppl of both sides' runs with that seed. Runs that were interrupted or void are asked for
/// again.
class Policy {
 public:
  virtual ~Policy() = default;
  virtual Step next(const Comparison& comparison) const = 0;
};

/// One of policies() by its name; `repeats` is the number of pairs of runs with fresh seeds that
/// settle a doubt. Without confirm data each of them needs one more such pair to keep a change.
/// docs/deciding.md compares them. Throws an Error that lists them for another name.
std::unique_ptr<Policy> make_policy(const std::string& name, int64_t repeats);

}  // namespace tern::loop
