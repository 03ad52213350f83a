#include <algorithm>
#include <cmath>

#include "loop/decide/pairs.h"
#include "loop/decide/policies.h"
#include "loop/record/noise.h"
#include "tern/base/error.h"

namespace tern::loop {
namespace {

// In units of sigma of one run; a difference of two runs has a standard deviation of 1.4.
constexpr double kSure = 3;     // a single difference above it is kept without repeats
constexpr double kWorse = 1.4;  // a simpler candidate that is behind by more is dropped at once

// In standard errors of a mean over pairs. By the simulation in docs/deciding.md this margin costs
// next to nothing where effects are about sigma, and saves most of the harm where they are smaller.
constexpr double kMargin = 1;
// Pairs to come that would have to be off by more to turn the verdict are not run.
constexpr double kUnlikely = 1.5;

class ConfirmPolicy : public Policy {
 public:
  explicit ConfirmPolicy(int64_t repeats) : repeats_(repeats) {}

  Step next(const Comparison& c) const override {
    const Screening screening = screen(c);
    if (screening.step) return *screening.step;
    const double gain = screening.pair.gain;
    const double drop = is_simpler(c) ? -kWorse * c.sigma : 0;
    if (gain < drop || (gain == 0 && !is_simpler(c))) {
      return discard(fmt::format("perplexity {} in one run with seed {}",
                                 describe_gain(gain, c.sigma), screening.pair.seed),
                     gain);
    }
    if (c.sigma > 0 && gain > kSure * c.sigma) {
      if (const std::optional<Step> step = promote_at_once(c, screening.pair)) return *step;
    }
    return repeat(c);
  }

 private:
  /// A gain that is no accident. The run that showed it is too good by its selection, so a fresh
  /// one says how good the recipe is; where that one shows no gain at all there is a doubt again.
  static std::optional<Step> promote_at_once(const Comparison& c, const Pair& pair) {
    if (const std::optional<Step> step = ask_confirm_data(c, {pair})) return step;
    const uint64_t seed = first_fresh_seed(c);
    const RunRecord* fresh = c.candidate.scored(seed);
    if (fresh == nullptr) return Step{.kind = Step::Kind::kRunCandidate, .seed = seed};
    const double gain = incumbent_level(c) - std::log(*fresh->val_ppl);
    if (gain <= 0) return std::nullopt;
    return keep(
        fmt::format("perplexity {} in the run that showed it, far beyond noise, and {} in a "
                    "fresh one{}",
                    describe_gain(pair.gain, c.sigma), describe_gain(gain), agreement(c)),
        gain);
  }

  Step repeat(const Comparison& c) const {
    const FreshPairs fresh = fresh_pairs(c, repeats_);
    const double margin = kMargin * c.sigma * std::sqrt(2 / static_cast<double>(repeats_));
    const double bar = is_simpler(c) ? -margin : margin;
    if (fresh.step && !settled(c, fresh.pairs, bar)) return *fresh.step;
    const double gain = mean_gain(fresh.pairs);
    const std::string found =
        fmt::format("perplexity {} over {} fresh pair{} of runs", describe_gain(gain, c.sigma),
                    fresh.pairs.size(), fresh.pairs.size() == 1 ? "" : "s");
    if (gain < bar || (gain == 0 && !is_simpler(c))) return discard(found, gain);
    if (const std::optional<Step> step = ask_confirm_data(c, fresh.pairs)) return *step;
    if (gain > margin) return keep(found + agreement(c), gain);
    return keep(fmt::format("a simplification, {} lines of code instead of {}: {}{}",
                            c.candidate.code_lines, c.incumbent.code_lines, found, agreement(c)),
                gain);
  }

  /// Whether the pairs to come would have to be better, or worse, than pairs are to turn the
  /// verdict.
  bool settled(const Comparison& c, const std::vector<Pair>& pairs, double bar) const {
    if (pairs.empty() || c.sigma <= 0) return false;
    const double done = static_cast<double>(pairs.size());
    const double all = static_cast<double>(repeats_);
    const double needed = (all * bar - done * mean_gain(pairs)) / (all - done);
    return needed > kUnlikely * c.sigma * std::sqrt(2 / (all - done)) ||
           -needed > kUnlikely * c.sigma * std::sqrt(2 / (all - done));
  }

  static const char* agreement(const Comparison& c) {
    return c.has_confirm_data ? "; the confirm data agree" : "";
  }

  int64_t repeats_;
};

std::unique_ptr<Policy> make_confirm(int64_t repeats) {
  return std::make_unique<ConfirmPolicy>(repeats);
}

const Register<MakePolicy> registration(policies(), "confirm", make_confirm,
                                        "one run, and fresh pairs of runs where it leaves a doubt",
                                        "");

}  // namespace

}  // namespace tern::loop
