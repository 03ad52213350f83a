#include "loop/research/runs.h"

#include <algorithm>
#include <cmath>

#include "loop/bench/curve_change.h"
#include "loop/boundary/kept_files.h"
#include "tern/base/error.h"
#include "tern/runner/killed.h"

namespace tern::loop {
namespace {

constexpr uint64_t kConfirmSeeds = 1'000'000;  // far above those of baselines and policies
/// A machine that trains so much faster or slower than before gives other results by that alone.
constexpr double kSpeedDrift = 0.1;

event::Ran ran(const RunOrder& order, const RunReport& report) {
  return {.experiment = order.experiment,
          .run = order.run,
          .result = report,
          .evaluations = {report.evaluations}};
}

/// The most processor time for a run beside this one of the incumbent; 0: any.
double processor_bound(const ResearchConfig& config, const RunRecord& twin) {
  constexpr double kStart = 2;  // seconds: of a short run, loading and packing are the most
  if (config.processor_time == 0 || !twin.processor_s) return 0;
  return std::max(kStart, config.processor_time * *twin.processor_s);
}

bool uses_seed(const Experiment& e, uint64_t seed) {
  return std::any_of(e.runs.begin(), e.runs.end(),
                     [&](const RunRecord& run) { return run.seed == seed; });
}

/// The first seed from `from` on that neither recipe has run with.
uint64_t unused_seed(const Experiment& a, const Experiment& b, uint64_t from) {
  while (uses_seed(a, from) || uses_seed(b, from)) ++from;
  return from;
}

}  // namespace

const RunRecord& Runs::run(int64_t number, int64_t comparison, uint64_t seed) {
  for (int tries = 1;; ++tries) {
    context_.wait_for_room();
    const RunRecord& made = run_once(number, comparison, seed, tries == kMostKills);
    if (made.outcome != Outcome::kInterrupted || context_.stopped()) return made;
  }
}

const RunRecord& Runs::run_once(int64_t number, int64_t comparison, uint64_t seed, bool last_try) {
  if (const std::string changed = context_.guard.changed(); !changed.empty()) {
    fail("before a run, {}; mend it, and start again", changed);
  }
  const Experiment& e = context_.history().at(number);
  const auto run = static_cast<int64_t>(e.runs.size()) + 1;
  const RunOrder order = order_of(e, run, comparison, seed);
  context_.record(
      event::RunBegun{.experiment = number, .run = run, .comparison = comparison, .seed = seed});
  const KeptFiles kept(context_.lab);
  RunReport report;
  try {
    report = context_.bench.run(order);
  } catch (const Error& error) {
    report.outcome = Outcome::kInterrupted;
    report.reason = error.what();
    context_.record(ran(order, report));
    throw;
  }
  if (last_try && report.outcome == Outcome::kInterrupted && !context_.stopped()) {
    report.outcome = Outcome::kCrashed;
    report.reason += fmt::format(", each of {} times", kMostKills);
  }
  std::string changed = context_.guard.changed();
  if (changed.empty()) changed = kept.changed(context_.lab.experiment(number));
  if (!changed.empty()) {
    report.outcome = Outcome::kVoid;
    report.reason = changed;
  }
  context_.record(ran(order, report));
  check(changed.empty(),
        "while experiment {:04} ran, {}; the run counts for nothing and the loop stops: find out "
        "who did it, mend it, and start again",
        number, changed);
  const RunRecord& made = context_.history().at(number).runs.back();
  context_.say(made.val_ppl ? fmt::format("{:04} run {} (seed {}): val_ppl {:.4f} in {:.1f} s",
                                          number, run, seed, *made.val_ppl, made.time_s.value_or(0))
                            : fmt::format("{:04} run {} (seed {}): {}, {}", number, run, seed,
                                          name_of(made.outcome), made.reason));
  return made;
}

RunOrder Runs::order_of(const Experiment& e, int64_t run, int64_t comparison, uint64_t seed) {
  RunOrder order{.experiment = e.number,
                 .run = run,
                 .seed = seed,
                 .source = context_.source_of(e),
                 .commit = e.commit,
                 .overhead_s = overhead()};
  const Experiment* rival =
      e.base == 0 || comparison != e.number ? nullptr : &context_.history().at(e.base);
  if (rival == nullptr) return order;
  const RunRecord* twin = rival->scored(seed);
  const std::vector<const RunRecord*> others = rival->estimate_runs();
  if (twin == nullptr && !others.empty()) twin = others.front();
  if (twin == nullptr) return order;
  if (const std::string why = context_.altered(rival->number, *twin, &RunFiles::steps);
      !why.empty()) {
    context_.say(why + ": no run is compared with it while it trains");
    return order;
  }
  order.rival_experiment = rival->number;
  order.rival_run = twin->number;
  order.processor_s = processor_bound(context_.lab.config().research, *twin);
  const std::string rival_source = context_.source_of(*rival);
  order.prune =
      !changes_curve(recipes_.incumbent(), {rival->knobs, rival_source}, {e.knobs, order.source});
  return order;
}

bool Runs::confirm_pair(int64_t candidate, int64_t incumbent, uint64_t seed) {
  for (const int64_t number : {candidate, incumbent}) {
    const RunRecord* run = context_.history().at(number).scored(seed);
    check(run != nullptr, "experiment {:04} has no scored run with seed {} to confirm", number,
          seed);
    if (run->confirm_ppl) continue;
    if (const std::string why = context_.altered(number, *run, &RunFiles::model); !why.empty()) {
      take_back(number, *run, why);
      return true;
    }
    const std::optional<double> ppl = context_.bench.confirm(number, run->number);
    if (context_.stopped()) return false;
    check(
        ppl.has_value(),
        "the model of experiment {:04}, run {}, could not be scored on the confirm data, though it "
        "was on the search data; see confirm.log in its folder",
        number, run->number);
    context_.record(
        event::Confirmed{.experiment = number, .run = run->number, .confirm_ppl = *ppl});
  }
  return true;
}

void Runs::take_back(int64_t number, const RunRecord& run, const std::string& why) {
  context_.say(fmt::format("{}: run {} of {:04} counts for nothing, and is made again", why,
                           run.number, number));
  event::Ran ran{.experiment = number, .run = run.number, .result = run, .evaluations = {}};
  ran.result.outcome = Outcome::kVoid;
  ran.result.reason = why;
  context_.record(ran);
}

void Runs::measure_incumbent() {
  const int64_t number = context_.history().incumbent()->number;
  const auto missing = [&] {
    const std::vector<const RunRecord*> runs = context_.history().at(number).estimate_runs();
    return runs.empty() || runs.front()->stale;
  };
  if (!missing()) return;
  context_.say(fmt::format("measuring the incumbent, {:04}, anew", number));
  for (int64_t seed = 1; seed <= context_.lab.config().research.seeds; ++seed) {
    const RunRecord& made = run(number, number, static_cast<uint64_t>(seed));
    if (made.outcome == Outcome::kInterrupted) return;
    check(made.outcome == Outcome::kScored, "the incumbent, {:04}, does not run any more: {}",
          number, made.reason);
  }
}

void Runs::look_for_drift() {
  const int64_t every = context_.lab.config().research.recheck_every;
  if (every == 0 || context_.history().next_number() % every != 0) return;
  const Experiment& incumbent = *context_.history().incumbent();
  const RunRecord before = *incumbent.estimate_runs().front();
  const RunRecord after = run(incumbent.number, /*comparison=*/0, before.seed);
  if (after.outcome != Outcome::kScored) return;
  const double moved = std::log(*after.val_ppl / *before.val_ppl);
  const double speed = before.tokens && after.tokens && *before.tokens > 0
                           ? static_cast<double>(*after.tokens) / *before.tokens - 1
                           : 0;
  if (std::abs(moved) <= 3 * context_.sigma() && std::abs(speed) <= kSpeedDrift) return;
  const std::string reason =
      fmt::format("the incumbent with seed {} came out {:+.2f} % from before, on {:+.1f} % tokens",
                  before.seed, 100 * (std::exp(moved) - 1), 100 * speed);
  context_.say(reason + ": the machine drifted, so earlier runs are not compared with any more");
  context_.record(event::Drift{.reason = reason});
  measure_incumbent();
}

double Runs::overhead() const {
  const double fixed = context_.lab.config().research.overhead_seconds;
  if (fixed > 0) return fixed;
  const Experiment* incumbent = context_.history().incumbent();
  if (incumbent == nullptr) return 0;
  constexpr double kHoldUp = 10;  // seconds, by other work on the machine
  double most = 0;
  for (const RunRecord& run : incumbent->runs) {
    if (run.outcome != Outcome::kScored || !run.time_s || !run.training_s) continue;
    most = std::max(most, *run.time_s - *run.training_s);
  }
  return kHoldUp + 1.5 * most;
}

void Runs::run_fresh_pair(int64_t candidate, int64_t incumbent) {
  const History& history = context_.history();
  const uint64_t seed = unused_seed(history.at(candidate), history.at(incumbent), kConfirmSeeds);
  for (const int64_t side : {candidate, incumbent}) run(side, candidate, seed);
}

const RunRecord& Runs::run_fresh(int64_t number) {
  const Experiment& e = context_.history().at(number);
  return run(number, number, unused_seed(e, e, 1));
}

}  // namespace tern::loop
