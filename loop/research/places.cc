#include "loop/research/places.h"

#include <algorithm>
#include <cmath>

#include "loop/decide/pairs.h"
#include "loop/git/take_out.h"
#include "loop/record/noise.h"
#include "tern/base/error.h"

namespace tern::loop {
namespace {

constexpr double kClear = 2;  // standard errors

std::string verdict_on(const Place& place) {
  if (!place.error) return "the noise is not known, so nothing can be said";
  if (*place.loss >= kClear * *place.error) return "earns its place";
  return *place.loss <= -kClear * *place.error ? "does harm by now" : "within noise";
}

/// The experiments kept between baseline and incumbent, the oldest first.
std::vector<int64_t> kept_changes(const History& history) {
  std::vector<int64_t> kept;
  for (const Experiment* e = history.incumbent(); e->base != 0; e = &history.at(e->base)) {
    kept.push_back(e->number);
  }
  std::ranges::reverse(kept);
  return kept;
}

}  // namespace

std::vector<Place> Places::take_each_out(int64_t pairs) {
  std::vector<Place> places;
  const std::vector<uint64_t> seeds = run_incumbent(pairs);
  for (const int64_t number : kept_changes(context_.history())) {
    if (context_.stops() > 0) break;
    places.push_back(check_one(context_.history().at(number), seeds));
  }
  return places;
}

/// Runs the incumbent on fresh seeds, which serve all comparisons.
std::vector<uint64_t> Places::run_incumbent(int64_t pairs) {
  const int64_t number = context_.history().incumbent()->number;
  std::vector<uint64_t> seeds;
  if (kept_changes(context_.history()).empty()) return seeds;
  while (std::ssize(seeds) < pairs && context_.stops() == 0) {
    const RunRecord& made = runs_.run_fresh(number);
    if (made.outcome == Outcome::kInterrupted) break;
    check(made.outcome == Outcome::kScored, "the incumbent, {:04}, does not run any more: {}",
          number, made.reason);
    seeds.push_back(made.seed);
  }
  return seeds;
}

Place Places::check_one(const Experiment& kept, const std::vector<uint64_t>& seeds) {
  Place place{.kept = kept.number};
  const std::optional<std::string> source =
      take_out(context_.source_of(*context_.history().incumbent()),
               context_.source_of(context_.history().at(kept.base)), context_.source_of(kept));
  if (!source) {
    place.verdict = "cannot be taken out alone: later changes stand on it";
    return place;
  }
  place.experiment = experiments_.plan_check(
      {.source = *source,
       .description = fmt::format("without {:04}: {}", kept.number, kept.description),
       .expectation = "a loss, if the change still earns its place",
       .proposer = kCheckProposer,
       .family = kCheckProposer,
       .intended = {},
       .refusal = "",
       .usage = {}});
  compare(place, seeds);
  return place;
}

void Places::compare(Place& place, const std::vector<uint64_t>& seeds) {
  const History& history = context_.history();
  std::vector<Pair> pairs;
  for (const uint64_t seed : seeds) {
    const RunRecord made = runs_.run(place.experiment, place.experiment, seed);
    if (made.outcome == Outcome::kInterrupted) break;
    if (made.outcome != Outcome::kScored) {
      place.verdict = fmt::format("earns its place: without it a run fails ({})", made.reason);
      break;
    }
    const double level = std::log(*history.incumbent()->scored(seed)->val_ppl);
    pairs.push_back({.seed = seed, .level = level, .gain = level - std::log(*made.val_ppl)});
    if (context_.stops() > 0) break;
  }
  place.pairs = std::ssize(pairs);
  if (place.pairs > 0) {
    place.loss = -mean_gain(pairs);
    const double error = context_.sigma() * std::sqrt(2 / static_cast<double>(place.pairs));
    if (error > 0) place.error = error;
    if (place.verdict.empty()) place.verdict = verdict_on(place);
  } else if (place.verdict.empty()) {
    place.verdict = "the check was stopped";
  }
  experiments_.end(place.experiment, Status::kDiscard,
                   discard(fmt::format("{:04} {}", place.kept, place.verdict), pairs));
}

}  // namespace tern::loop
