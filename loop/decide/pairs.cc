#include "loop/decide/pairs.h"

#include <algorithm>
#include <cmath>

#include "loop/record/noise.h"
#include "tern/base/error.h"

namespace tern::loop {
namespace {

constexpr int kMostFailures = 3;              // of the incumbent, on account of one candidate
constexpr uint64_t kSeedsOfCandidate = 1000;  // fresh seeds of candidate n begin at 1000 n + 1
constexpr uint64_t kExtraSeeds = 900;         // those of its extra pair are so much above
constexpr uint64_t kShownSeeds = 950;         // and those of the pair whose gain is shown

/// A gain on the search data must be there on the confirm data, too, less so many standard errors;
/// chosen by the simulation in docs/deciding.md.
constexpr double kAgreement = 2;

bool failed(const RunRecord& run) {
  return run.outcome == Outcome::kCrashed || run.outcome == Outcome::kTimedOut ||
         run.outcome == Outcome::kPruned || run.outcome == Outcome::kVoid;
}

/// Whether the incumbent's run with this seed failed on account of this comparison.
bool failed_with(const Comparison& c, uint64_t seed) {
  return std::ranges::any_of(c.incumbent.runs, [&](const RunRecord& run) {
    return run.seed == seed && run.comparison == c.candidate.number && failed(run);
  });
}

/// The next of the seeds `first`, `first` + 1, ... with which the incumbent did not fail.
struct UsableSeeds {
  uint64_t next;
  int failures = 0;

  /// False when the incumbent has failed too often.
  bool skip_failed(const Comparison& c) {
    for (; failed_with(c, next); ++next) ++failures;
    return failures < kMostFailures;
  }
};

Step give_up() {
  return discard(
      fmt::format("the incumbent itself failed with {} seeds, so there is nothing to "
                  "compare with",
                  kMostFailures));
}

Pair pair_of(uint64_t seed, const RunRecord& candidate, const RunRecord& incumbent) {
  const double level = std::log(*incumbent.val_ppl);
  Pair pair{.seed = seed, .level = level, .gain = level - std::log(*candidate.val_ppl)};
  if (incumbent.confirm_ppl && candidate.confirm_ppl) {
    pair.confirm_gain = std::log(*incumbent.confirm_ppl) - std::log(*candidate.confirm_ppl);
  }
  return pair;
}

const RunRecord* first_scored(const Experiment& experiment) {
  for (const RunRecord& run : experiment.runs) {
    if (run.outcome == Outcome::kScored && !run.stale) return &run;
  }
  return nullptr;
}

/// Before the candidate has a run: the incumbent's unbiased runs take turns as the bar, so that no
/// single lucky one stands in the way of everybody.
Step first_run(const Comparison& c) {
  std::vector<const RunRecord*> bars = c.incumbent.fresh_runs();
  if (bars.empty()) {
    if (const RunRecord* run = first_scored(c.incumbent)) bars.push_back(run);
  }
  if (!bars.empty()) {
    const size_t turn = static_cast<size_t>(c.candidate.number) % bars.size();
    return {.kind = Step::Kind::kRunCandidate, .seed = bars[turn]->seed};
  }
  UsableSeeds seeds{.next = 1};
  if (!seeds.skip_failed(c)) return give_up();
  return {.kind = Step::Kind::kRunIncumbent, .seed = seeds.next};
}

/// The complete pairs on the seeds from `first` on, and the step towards the next one.
FreshPairs pairs_from(const Comparison& c, uint64_t first, int64_t count) {
  FreshPairs fresh;
  UsableSeeds seeds{.next = first};
  for (; static_cast<int64_t>(fresh.pairs.size()) < count; ++seeds.next) {
    if (!seeds.skip_failed(c)) {
      fresh.step = give_up();
      return fresh;
    }
    const RunRecord* candidate = c.candidate.scored(seeds.next);
    const RunRecord* incumbent = c.incumbent.scored(seeds.next);
    if (candidate == nullptr || incumbent == nullptr) {
      fresh.step =
          Step{.kind = candidate == nullptr ? Step::Kind::kRunCandidate : Step::Kind::kRunIncumbent,
               .seed = seeds.next};
      return fresh;
    }
    fresh.pairs.push_back(pair_of(seeds.next, *candidate, *incumbent));
  }
  return fresh;
}

/// The step that scores the first pair that was not, if there is one and a text to score it on.
std::optional<Step> score_on_confirm_data(const Comparison& c, const std::vector<Pair>& pairs) {
  for (const Pair& pair : pairs) {
    if (c.has_confirm_data && !pair.confirm_gain) {
      return Step{.kind = Step::Kind::kConfirmData, .seed = pair.seed};
    }
  }
  return std::nullopt;
}

double mean_confirm_gain(const std::vector<Pair>& pairs) {
  double sum = 0;
  for (const Pair& pair : pairs) sum += *pair.confirm_gain;
  return sum / static_cast<double>(pairs.size());
}

}  // namespace

Screening screen(const Comparison& c) {
  for (const RunRecord& run : c.candidate.runs) {
    if (!failed(run) || run.stale) continue;
    const std::string why = run.reason.empty() ? std::string(name_of(run.outcome)) : run.reason;
    return {.step = discard(fmt::format("its run with seed {} failed: {}", run.seed, why))};
  }
  const RunRecord* candidate = first_scored(c.candidate);
  if (candidate == nullptr) return {.step = first_run(c)};
  const RunRecord* incumbent = c.incumbent.scored(candidate->seed);
  if (incumbent != nullptr) return {.pair = pair_of(candidate->seed, *candidate, *incumbent)};
  if (failed_with(c, candidate->seed)) return {.step = give_up()};
  return {.step = Step{.kind = Step::Kind::kRunIncumbent, .seed = candidate->seed}};
}

uint64_t first_fresh_seed(const Comparison& c) {
  return kSeedsOfCandidate * static_cast<uint64_t>(c.candidate.number) + 1;
}

FreshPairs fresh_pairs(const Comparison& c, int64_t count) {
  return pairs_from(c, first_fresh_seed(c), count);
}

FreshPairs extra_pair(const Comparison& c) {
  return pairs_from(c, first_fresh_seed(c) + kExtraSeeds, 1);
}

Step keep_with_shown_pair(const Comparison& c, const std::string& reason,
                          const std::vector<Pair>& decided) {
  const FreshPairs shown = pairs_from(c, first_fresh_seed(c) + kShownSeeds, 1);
  if (shown.step) return *shown.step;
  if (const std::optional<Step> step = score_on_confirm_data(c, shown.pairs)) return *step;
  const double search = mean_gain(shown.pairs);
  const double gain =
      c.has_confirm_data ? std::min(search, mean_confirm_gain(shown.pairs)) : search;
  Step step = keep(fmt::format("{}; in one more pair of runs, which decided nothing, {}{}", reason,
                               describe_gain(gain, c.sigma),
                               c.has_confirm_data ? ", the smaller of what both texts say" : ""),
                   decided);
  step.gain = gain;
  return step;
}

double shortfall(const History& history) {
  const auto level = [](const Experiment& e) -> std::optional<double> {
    const std::optional<double> ppl = e.val_ppl();
    return ppl && !e.fresh_runs().empty() ? std::optional(std::log(*ppl)) : std::nullopt;
  };
  const Experiment* incumbent = history.incumbent();
  if (incumbent == nullptr || !level(*incumbent)) return 0;
  double best = *level(*incumbent);
  for (int64_t number = incumbent->base; number != 0; number = history.at(number).base) {
    best = std::min(best, level(history.at(number)).value_or(best));
  }
  return *level(*incumbent) - best;
}

double mean_gain(const std::vector<Pair>& pairs) {
  double sum = 0;
  for (const Pair& pair : pairs) sum += pair.gain;
  return sum / static_cast<double>(pairs.size());
}

std::optional<Step> ask_confirm_data(const Comparison& c, const std::vector<Pair>& pairs) {
  if (!c.has_confirm_data) return std::nullopt;
  if (const std::optional<Step> step = score_on_confirm_data(c, pairs)) return step;
  const double search = mean_gain(pairs), confirm = mean_confirm_gain(pairs);
  // No figure: a proposer reads this.
  if (confirm < 0) {
    return discard("better on the data that every run sees, but the confirm data got worse", pairs);
  }
  const double by_chance = c.confirm_noise * std::sqrt(2 / static_cast<double>(pairs.size()));
  const double error = std::hypot(by_chance, c.text_spread * search);
  if (by_chance <= 0 || confirm >= search - kAgreement * error) return std::nullopt;
  return discard(
      "the confirm data got better by less than the data that every run sees, as if a part of the "
      "gain lay in knowing that text (where honest changes differ so much between the two, "
      "research.text_spread in lab.toml says how much)",
      pairs);
}

double incumbent_level(const Comparison& c) {
  std::vector<const RunRecord*> runs = c.incumbent.fresh_runs();
  if (runs.empty()) runs.push_back(first_scored(c.incumbent));
  double sum = 0;
  for (const RunRecord* run : runs) sum += std::log(*run->val_ppl);
  return sum / static_cast<double>(runs.size());
}

bool is_simpler(const Comparison& c) { return c.candidate.code_lines < c.incumbent.code_lines; }

namespace {

Step decision(Step::Kind kind, std::string reason, const std::vector<Pair>& pairs) {
  Step step{.kind = kind, .reason = std::move(reason)};
  if (pairs.empty()) return step;
  double level = 0;
  for (const Pair& pair : pairs) level += pair.level / static_cast<double>(pairs.size());
  step.gain = mean_gain(pairs);
  step.compared = Compared{std::ssize(pairs), std::exp(level - *step.gain), std::exp(level)};
  return step;
}

}  // namespace

Step discard(std::string reason, const std::vector<Pair>& pairs) {
  return decision(Step::Kind::kDiscard, std::move(reason), pairs);
}

Step keep(std::string reason, const std::vector<Pair>& pairs) {
  return decision(Step::Kind::kKeep, std::move(reason), pairs);
}

}  // namespace tern::loop
