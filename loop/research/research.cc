#include "loop/research/research.h"

#include <algorithm>
#include <filesystem>

#include "loop/record/final_text.h"
#include "tern/base/error.h"

namespace tern::loop {
namespace {

constexpr int64_t kMostAttempts = 3;  // of an experiment with which the machine goes down
constexpr int64_t kMostVoided = 2;    // runs of an experiment while which locked files changed

/// Refusals take no time to speak of, so a proposer that has nothing left would fill the ledger.
constexpr int64_t kMostRefusals = 50;

}  // namespace

Research::Research(const ResearchParts& parts, Bounds bounds, LogSink log)
    : context_{parts, std::move(bounds), std::move(log)} {}

void Research::run() {
  open();
  if (!context_.bench.has_confirm_data()) {
    context_.say(
        "this lab has no confirm text, so a change is kept only after one more fresh pair of runs; "
        "`tern prepare --confirm FILE` gives it one");
  }
  while (!finish_asked()) experiments_.make();
}

/// True when a bound is reached, or somebody asked the loop to end; a file that asks for it goes.
bool Research::finish_asked() {
  if (std::filesystem::remove(context_.lab.root() / "STOP")) {
    context_.say("found the file STOP: stopping here");
    return true;
  }
  const Bounds& bounds = context_.bounds;
  if (context_.stops() > 0) return true;
  if (bounds.experiments > 0 && experiments_.ended() >= bounds.experiments) return true;
  if (experiments_.refused_in_a_row() >= kMostRefusals) {
    context_.say(
        fmt::format("the last {} proposals were all refused: stopping here", kMostRefusals));
    return true;
  }
  return bounds.hours > 0 && clock_.seconds() >= 3600 * bounds.hours;
}

void Research::open() {
  recipes_.require_overrides();
  if (!context_.branch.exists()) context_.branch.begin();
  const bool begun = history().incumbent() != nullptr || history().unfinished() != nullptr;
  const std::string known = history().tip().empty() ? context_.branch.tip() : history().tip();
  if (begun) proposals_.look_for_own_edit(known);
  const std::string tip = context_.branch.open(known, !begun);
  const Conditions& now = context_.guard.conditions();
  const bool new_conditions = history().conditions() != now;
  const bool measured_anew = new_conditions && !history().tag().empty();
  if (measured_anew) {
    const std::string reason = changes(history().conditions(), now);
    context_.say(fmt::format(
        "{}: earlier runs cannot be compared with, the incumbent is measured anew", reason));
    context_.record(event::Drift{.reason = reason});
  }
  context_.record(event::Session{.tag = context_.branch.name().substr(5),
                                 .commit = tip,
                                 .budget = now.budget,
                                 .data = now.data,
                                 .tern = now.tern,
                                 .machine = now.machine});
  if (new_conditions || history().reference_ppl() == 0) measure_reference();
  recipes_.look_for_new_standards(measured_anew);
  take_up_unfinished();
  const Experiment* e = history().unfinished();
  context_.branch.move_to(e != nullptr ? e->commit : tip);
}

void Research::measure_reference() const {
  const std::optional<double> ppl = context_.bench.reference();
  if (!ppl) return;  // a figure to compare with, which nothing depends on
  context_.record(event::Reference{.ppl = *ppl});
  context_.say(fmt::format("the full-precision model: val_ppl {:.4f}", *ppl));
}

/// A kill leaves runs without an end; they get it here, and their experiment is repeated.
void Research::take_up_unfinished() {
  bool went_down = false;
  for (int64_t number = 1; number < history().next_number(); ++number) {
    for (size_t i = 0; i < history().at(number).runs.size(); ++i) {
      const RunRecord run = history().at(number).runs[i];
      if (run.outcome != Outcome::kRunning) continue;
      context_.bench.end_leftovers(number);
      event::Ran ran{.experiment = number, .run = run.number, .result = {}, .evaluations = {}};
      ran.result.outcome = Outcome::kInterrupted;
      ran.result.reason = "the loop or the machine went down";
      context_.record(ran);
      went_down = true;
    }
  }
  const Experiment* e = history().unfinished();
  if (e == nullptr) return;
  context_.bench.end_leftovers(e->number);
  // Nothing but a kill ends the building of a recipe without a word.
  const bool built = !e->recipe.empty() || !e->reason.empty();
  went_down = went_down || (!built && !e->paused);
  const auto voided = std::count_if(e->runs.begin(), e->runs.end(), [](const RunRecord& run) {
    return run.outcome == Outcome::kVoid;
  });
  if (e->proposer == kCheckProposer) {
    experiments_.end(e->number, Status::kDiscard, {.reason = "the check was broken off"});
  } else if (!e->reason.empty()) {
    experiments_.end(e->number, Status::kRejected, {.reason = e->reason});
  } else if (voided >= kMostVoided) {
    experiments_.end(e->number, Status::kRejected,
                     {.reason = "locked files changed each time it ran, so it is not tried again"});
  } else if (went_down && e->attempts >= kMostAttempts) {
    experiments_.end(
        e->number, Status::kCrash,
        {.reason = "the loop or the machine went down each time it ran, so it is not tried again"});
  } else if (went_down) {
    context_.record(event::Again{.experiment = e->number});
    context_.say(fmt::format(
        "experiment {:04} was in flight when the loop went down: it is repeated", e->number));
  }
}

void Research::confirm(int64_t number, int64_t pairs) {
  const Experiment& candidate = history().at(number);
  check(candidate.base != 0, "experiment {} is a baseline: there is nothing to compare it with",
        number);
  check(candidate.status != Status::kRejected && candidate.status != Status::kRunning,
        "experiment {} was {}, so there is nothing to repeat", number, name_of(candidate.status));
  const int64_t base = candidate.base;
  open();
  for (int64_t i = 0; i < pairs && context_.stops() == 0; ++i) runs_.run_fresh_pair(number, base);
  const int64_t best = history().incumbent()->number;
  for (const int64_t side : {number, base}) {
    if (side != best) context_.bench.discard(side);
  }
}

std::vector<Place> Research::check_places(int64_t pairs) {
  check(history().incumbent() != nullptr,
        "there is no scored recipe yet; `tern research` measures the baseline first");
  open();
  check(history().unfinished() == nullptr,
        "experiment {:04} has no end yet; `tern research` finishes it first",
        history().next_number() - 1);
  runs_.measure_incumbent();
  return places_.take_each_out(pairs);
}

void Research::score_finally() {
  const Experiment* best = history().incumbent();
  check(best != nullptr,
        "there is no scored recipe yet; `tern research` measures the baseline first");
  const FinalText known = final_text(context_.lab, history());
  check(!known.text.empty(), "{}", describe(known));
  if (known.ppl) return;
  const RunRecord& measured = *best->estimate_runs().front();
  const int64_t run = measured.number;
  const std::string altered = context_.altered(best->number, measured, &RunFiles::model);
  check(altered.empty(), "the final text is scored on the model that a run left, and {}", altered);
  const std::optional<double> ppl = context_.bench.score_finally(best->number, run);
  if (context_.stopped()) return;
  check(ppl.has_value(),
        "the model of experiment {:04}, run {}, could not be scored on the final text, though it "
        "was on the search data; see final.log in its folder",
        best->number, run);
  context_.record(
      event::FinalScore{.experiment = best->number, .run = run, .ppl = *ppl, .text = known.text});
}

void Research::measure_noise(int64_t runs) {
  const Experiment* incumbent = history().incumbent();
  check(incumbent != nullptr,
        "there is no baseline yet; `tern research --experiments 1` makes one");
  const int64_t number = incumbent->number;
  open();
  for (int64_t i = 0; i < runs && context_.stops() == 0; ++i) runs_.run_fresh(number);
}

}  // namespace tern::loop
