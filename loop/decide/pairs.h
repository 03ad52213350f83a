#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "loop/decide/policy.h"

namespace tern::loop {

/// A run of the candidate and one of the incumbent with the same seed: what the seed does to both
/// cancels.
struct Pair {
  uint64_t seed = 0;
  double level = 0;                         // ln(perplexity) of the incumbent
  double gain = 0;                          // ln(perplexity) won by the candidate
  std::optional<double> confirm_gain = {};  // the same on the confirm data, once they were scored
};

/// The pair that a candidate is screened by. Until there is one, `step` says what has to be run, or
/// ends the comparison; also when any run of the candidate failed.
struct Screening {
  std::optional<Step> step = {};
  Pair pair = {};
};
Screening screen(const Comparison& comparison);

/// The complete pairs on seeds that neither side has seen before, at most `count`, and the step
/// towards the next one; no step when there are enough.
struct FreshPairs {
  std::optional<Step> step;
  std::vector<Pair> pairs;
};
FreshPairs fresh_pairs(const Comparison& comparison, int64_t count);
/// A decision to keep, with the gain of one more pair of runs, which decided nothing and so is no
/// better than the truth by its selection: the smaller of those on the search and the confirm data.
/// Until it is known, the step towards it.
Step keep_with_shown_pair(const Comparison& comparison, const std::string& reason,
                          const std::vector<Pair>& decided);
/// The seed of the first of them.
uint64_t first_fresh_seed(const Comparison& comparison);
/// One more pair, on a seed that fresh_pairs() never comes to.
FreshPairs extra_pair(const Comparison& comparison);

double mean_gain(const std::vector<Pair>& pairs);

/// What the confirm data say of pairs that are to be promoted: a step that scores one, a discard
/// when their gain there is below 0 or clearly smaller than on the search data, nothing when they
/// agree or the lab has no such data.
std::optional<Step> ask_confirm_data(const Comparison& comparison, const std::vector<Pair>& pairs);

/// ln(perplexity) of the incumbent as its unbiased runs say.
double incumbent_level(const Comparison& comparison);

/// Fewer lines of code than the incumbent.
bool is_simpler(const Comparison& comparison);

/// For Comparison: how far the incumbent is behind the best of its ancestors, by runs that count.
double shortfall(const History& history);

/// Decisions, by these pairs if there are any.
Step discard(std::string reason, const std::vector<Pair>& pairs = {});
Step keep(std::string reason, const std::vector<Pair>& pairs);

}  // namespace tern::loop
