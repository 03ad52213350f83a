#include <cmath>

#include "loop/decide/pairs.h"
#include "loop/decide/policies.h"
#include "loop/record/noise.h"
#include "tern/base/error.h"

namespace tern::loop {
namespace {

// Standard errors of the mean over all pairs that the candidate must be ahead by: much after few
// pairs, less after the last one, as in a sequential test.
constexpr double kAhead = 2;
constexpr double kAheadAtLast = 1;

class RacePolicy : public Policy {
 public:
  explicit RacePolicy(int64_t repeats) : repeats_(repeats) {}

  Step next(const Comparison& c) const override {
    const Screening screening = screen(c);
    if (screening.step) return *screening.step;
    const FreshPairs fresh = fresh_pairs(c, repeats_);
    std::vector<Pair> pairs = fresh.pairs;
    pairs.push_back(screening.pair);
    const double gain = mean_gain(pairs);
    const double error = c.sigma * std::sqrt(2 / static_cast<double>(pairs.size()));
    const bool last = static_cast<int64_t>(fresh.pairs.size()) == repeats_;
    const std::string found = fmt::format("perplexity {} over {} pairs of runs",
                                          describe_gain(gain, c.sigma), pairs.size());

    const double behind = is_simpler(c) ? c.shortfall - error : 0;
    if (gain < behind || (gain == 0 && !is_simpler(c))) return discard(found, pairs);
    const bool ahead = gain > (last ? kAheadAtLast : kAhead) * error;
    if (!last && (!ahead || fresh.pairs.empty() || c.sigma <= 0)) return *fresh.step;
    if (!ahead && !(is_simpler(c) && gain > c.shortfall - kAheadAtLast * error)) {
      return discard(found + ", no more than noise", pairs);
    }
    if (const std::optional<Step> step = ask_confirm_data(c, fresh.pairs)) return *step;
    const std::string why = ahead ? "" : "a simplification: ";
    const char* agreement = c.has_confirm_data ? "; the confirm data agree" : "";
    return keep_with_shown_pair(c, why + found + agreement, pairs);
  }

 private:
  int64_t repeats_;
};

std::unique_ptr<Policy> make_race(int64_t repeats) { return std::make_unique<RacePolicy>(repeats); }

const Register<MakePolicy> registration(
    policies(), "race", make_race,
    "pairs of runs for as long as the candidate is ahead, until it is ahead by enough", "");

}  // namespace

}  // namespace tern::loop
