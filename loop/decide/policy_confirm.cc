#include <algorithm>
#include <cmath>

#include "loop/decide/pairs.h"
#include "loop/decide/policies.h"
#include "loop/record/noise.h"
#include "tern/base/error.h"

namespace tern::loop {
namespace {

// In units of sigma of one run; a difference of two runs has a standard deviation of 1.4.
constexpr double kSure = 3.5;    // a single difference above it is kept after one fresh run
constexpr double kFreshOne = 1;  // that this run must be ahead by
constexpr double kWorse = 1.4;   // a simpler candidate that is behind by more is dropped at once

// Bars in standard errors of a mean over pairs, chosen by the simulation in docs/deciding.md: of
// 200 changes without any effect at most 4 are kept, and little is lost where effects are about
// sigma.
constexpr double kGoOn = 1.2;     // below it after the first half of the pairs: dropped
constexpr double kAhead = 2.2;    // above it there: kept
constexpr double kAtLast = 1.75;  // above it after all of them: kept
constexpr double kSimplerBy = 1;  // a simpler candidate may be behind by so much
// Pairs to come that would have to be off by more to turn the verdict are not run.
constexpr double kUnlikely = 1.5;

/// Where the mean over so many pairs decides.
struct Bars {
  int64_t pairs;
  double drop, keep;  // ln(perplexity): below the one, above the other
};

enum class Verdict { kOpen, kAhead, kBehind };

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
                     {screening.pair});
    }
    if (c.sigma > 0 && gain > kSure * c.sigma) {
      if (const std::optional<Step> step = promote_at_once(c, screening.pair)) return *step;
    }
    return repeat(c);
  }

 private:
  /// A gain that is no accident; where a fresh run does not show it there is a doubt again.
  static std::optional<Step> promote_at_once(const Comparison& c, const Pair& pair) {
    if (const std::optional<Step> step = ask_confirm_data(c, {pair})) return step;
    const uint64_t seed = first_fresh_seed(c);
    const RunRecord* fresh = c.candidate.scored(seed);
    if (fresh == nullptr) return Step{.kind = Step::Kind::kRunCandidate, .seed = seed};
    const double gain = incumbent_level(c) - std::log(*fresh->val_ppl);
    if (gain <= kFreshOne * c.sigma) return std::nullopt;
    return keep_with_shown_pair(
        c,
        fmt::format(
            "perplexity {} in the run that showed it, far beyond noise, and {} in a fresh one{}",
            describe_gain(pair.gain, c.sigma), describe_gain(gain), agreement(c)),
        {pair});
  }

  Step repeat(const Comparison& c) const {
    const FreshPairs fresh = fresh_pairs(c, 2 * repeats_);
    const Verdict verdict = judge(c, fresh.pairs);
    if (verdict == Verdict::kOpen) return *fresh.step;
    const double gain = mean_gain(fresh.pairs);
    const std::string found =
        fmt::format("perplexity {} over {} fresh pair{} of runs", describe_gain(gain, c.sigma),
                    fresh.pairs.size(), fresh.pairs.size() == 1 ? "" : "s");
    if (verdict == Verdict::kBehind) return discard(found, fresh.pairs);
    if (const std::optional<Step> step = ask_confirm_data(c, fresh.pairs)) return *step;
    const std::string why = is_simpler(c)
                                ? fmt::format("a simplification, {} lines of code instead of {}: ",
                                              c.candidate.code_lines, c.incumbent.code_lines)
                                : "";
    return keep_with_shown_pair(c, why + found + agreement(c), fresh.pairs);
  }

  /// Where `done` pairs, and those that still have to come, decide.
  Bars bars(const Comparison& c, int64_t done) const {
    const auto error = [&](int64_t pairs) {
      return c.sigma * std::sqrt(2 / static_cast<double>(pairs));
    };
    if (is_simpler(c)) {
      // Behind the best ancestor, not the last: a row of steps that each harm a little leads
      // nowhere.
      const double bar = c.shortfall - kSimplerBy * error(repeats_);
      return {repeats_, bar, bar};
    }
    if (done <= repeats_) return {repeats_, kGoOn * error(repeats_), kAhead * error(repeats_)};
    const double bar = kAtLast * error(2 * repeats_);
    return {2 * repeats_, bar, bar};
  }

  Verdict judge(const Comparison& c, const std::vector<Pair>& pairs) const {
    if (pairs.empty()) return Verdict::kOpen;
    const Bars bar = bars(c, std::ssize(pairs));
    const double gain = mean_gain(pairs), left = static_cast<double>(bar.pairs - std::ssize(pairs));
    if (left <= 0) {
      if (gain < bar.drop || (gain == 0 && !is_simpler(c))) return Verdict::kBehind;
      return gain >= bar.keep ? Verdict::kAhead : Verdict::kOpen;
    }
    if (c.sigma <= 0) return Verdict::kOpen;
    // What the pairs to come would have to show, beside what they may by chance.
    const auto needed = [&](double mean) {
      return (static_cast<double>(bar.pairs) * mean - static_cast<double>(pairs.size()) * gain) /
             left;
    };
    const double chance = kUnlikely * c.sigma * std::sqrt(2 / left);
    if (needed(bar.drop) > chance) return Verdict::kBehind;
    return -needed(bar.keep) > chance ? Verdict::kAhead : Verdict::kOpen;
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
