#include "loop/research/experiments.h"

#include "loop/boundary/program_text.h"
#include "loop/boundary/refuse_text.h"
#include "loop/decide/pairs.h"
#include "loop/record/noise.h"
#include "tern/base/error.h"

namespace tern::loop {
namespace {

/// What is known of a recipe's knobs before it is built: where a proposer says what it changes, the
/// values of the recipe that it changed and its own.
Json expected_knobs(const Experiment* base, const KnobValues& intended) {
  if (base == nullptr || intended.empty()) return Json::object();
  Json knobs = object_of(base->knobs);
  for (const auto& [name, value] : intended) knobs.set(name, value);
  return knobs;
}

/// The status of a candidate that was dropped: how its last own run ended tells.
Status dropped_status(const Experiment& e) {
  const Outcome last = e.runs.empty() ? Outcome::kScored : e.runs.back().outcome;
  if (last == Outcome::kCrashed) return Status::kCrash;
  return last == Outcome::kTimedOut ? Status::kTimeout : Status::kDiscard;
}

}  // namespace

void Experiments::make() {
  if (context_.history().unfinished() == nullptr) {
    if (context_.history().incumbent() == nullptr) {
      plan_baseline();
    } else {
      runs_.measure_incumbent();
      if (context_.stopped()) return;
      plan_change();
    }
  }
  const Experiment* e = context_.history().unfinished();
  if (e == nullptr) return;  // refused
  e->base == 0 ? settle_baseline(e->number) : settle_change(e->number);
}

void Experiments::plan_baseline() {
  plan({.source = context_.branch.recipe_at(context_.history().tip()),
        .description = "baseline",
        .expectation = "the unchanged recipe, with several seeds to know the noise",
        .proposer = "baseline",
        .family = "baseline",
        .intended = {},
        .refusal = "",
        .usage = {}});
}

void Experiments::plan_change() {
  runs_.look_for_drift();
  if (context_.stopped()) return;
  if (const std::optional<Proposal> proposal = proposals_.next()) plan(*proposal);
}

int64_t Experiments::plan_check(const Proposal& proposal) {
  record_plan(proposal);
  return context_.history().unfinished()->number;
}

void Experiments::plan(const Proposal& proposal) {
  const int64_t number = context_.history().next_number();
  const std::string commit = record_plan(proposal);
  if (!proposal.refusal.empty()) {
    end(number, Status::kRejected, {.reason = proposal.refusal});
    return;
  }
  context_.branch.move_to(commit);
}

/// Commits and records it, and returns the commit; empty where there is nothing to commit.
std::string Experiments::record_plan(const Proposal& proposal) {
  const std::string& refusal = proposal.refusal;
  const int64_t number = context_.history().next_number();
  const bool baseline = context_.history().incumbent() == nullptr;
  std::string commit;
  if (baseline) {
    commit = context_.history().tip();
  } else if (!proposal.source.empty() &&
             static_cast<int64_t>(proposal.source.size()) <= kLargestRecipe) {
    commit = context_.branch.commit(
        context_.history().tip(), number, proposal.source,
        fmt::format("{:04} {}\n\n{}", number, proposal.description, proposal.expectation));
  }
  context_.bench.clear(number);
  context_.record(
      event::Planned{.experiment = number,
                     .proposer = proposal.proposer,
                     .family = proposal.family,
                     .description = proposal.description,
                     .expectation = proposal.expectation,
                     .commit = commit,
                     .base = baseline ? int64_t{0} : context_.history().incumbent()->number,
                     .refusal = refusal,
                     .program = refusal.empty() ? program_hash(proposal.source) : "",
                     .code_lines = code_lines(proposal.source),
                     .knobs = expected_knobs(context_.history().incumbent(), proposal.intended),
                     .intended = object_of(proposal.intended),
                     .usage = proposal.usage});
  if (refusal.empty()) {
    context_.say(fmt::format("{:04} {} ({})", number, proposal.description, proposal.expectation));
  }
  return commit;
}

/// False where it is not to run, and has ended unless the user stopped it.
bool Experiments::may_run(int64_t number) {
  const Hearing heard = recipes_.hear(number);
  if (heard.kind == Hearing::Kind::kMayRun) return true;
  if (heard.kind == Hearing::Kind::kStopped) return false;
  end(number, heard.status, {.reason = heard.reason});
  check(context_.history().at(number).base != 0,
        "the baseline has to run before anything can be compared with it, and it does not: {}",
        heard.reason);
  return false;
}

void Experiments::settle_baseline(int64_t number) {
  const int64_t seeds = context_.lab.config().research.seeds;
  if (!may_run(number)) return;
  for (int64_t seed = 1; seed <= seeds; ++seed) {
    if (context_.history().at(number).scored(static_cast<uint64_t>(seed)) != nullptr) continue;
    const RunRecord run = runs_.run(number, number, static_cast<uint64_t>(seed));
    if (run.outcome == Outcome::kInterrupted) return;
    if (run.outcome == Outcome::kScored) continue;
    end(number, run.outcome == Outcome::kTimedOut ? Status::kTimeout : Status::kCrash,
        {.reason = run.reason});
    fail("the baseline has to run before anything can be compared with it, and it does not: {}",
         run.reason);
  }
  end(number, Status::kBaseline, {.reason = "what all else is compared with"});
}

void Experiments::settle_change(int64_t number) {
  if (!may_run(number)) return;
  for (;;) {
    const Experiment& candidate = context_.history().at(number);
    const Experiment& incumbent = context_.history().at(candidate.base);
    const Step step =
        context_.policy.next({.candidate = candidate,
                              .incumbent = incumbent,
                              .sigma = context_.sigma(),
                              .has_confirm_data = context_.bench.has_confirm_data(),
                              .shortfall = shortfall(context_.history()),
                              .confirm_noise = estimate_confirm_noise(context_.history()),
                              .text_spread = context_.lab.config().research.text_spread});
    if (step.kind == Step::Kind::kKeep) return end(number, Status::kKeep, step);
    if (step.kind == Step::Kind::kDiscard) return end(number, dropped_status(candidate), step);
    if (step.kind == Step::Kind::kConfirmData) {
      if (!runs_.confirm_pair(number, incumbent.number, step.seed)) return;
    } else {
      const bool own = step.kind == Step::Kind::kRunCandidate;
      const RunRecord& made = runs_.run(own ? number : incumbent.number, number, step.seed);
      if (made.outcome == Outcome::kInterrupted) return;
    }
  }
}

void Experiments::end(int64_t number, Status status, const Step& decision) {
  const Experiment* before = context_.history().incumbent();
  const int64_t old = before == nullptr ? 0 : before->number;
  const double noise = context_.sigma();
  const auto field = [&](auto member) {
    return decision.compared ? std::optional(*decision.compared.*member) : std::nullopt;
  };
  context_.record(event::Ended{.experiment = number,
                               .status = status,
                               .reason = decision.reason,
                               .gain = decision.gain,
                               .sigma = noise > 0 ? std::optional(noise) : std::nullopt,
                               .pairs = field(&Compared::pairs),
                               .ppl = field(&Compared::ppl),
                               .base_ppl = field(&Compared::base_ppl)});
  context_.branch.move_to(context_.history().tip());
  if (status == Status::kKeep) {
    context_.bench.discard(old);
  } else if (status != Status::kBaseline) {
    context_.bench.discard(number);
  }
  const bool refused = status == Status::kRejected;
  refused_ = refused ? refused_ + 1 : 0;
  if (!refused) ++ended_;
  const Experiment& e = context_.history().at(number);
  const std::optional<double> ppl = e.val_ppl();
  context_.say(fmt::format("{:04} {:<9}{}{}", number, name_of(status),
                           ppl ? fmt::format(" val_ppl {:.4f}: ", *ppl) : " ", e.reason));
  if (status != Status::kRejected && status != Status::kBaseline) {
    const Power power = power_of(context_.history(), estimate_noise(context_.history()),
                                 context_.lab.config().research.repeats);
    if (!power.sentence.empty()) context_.say(power.sentence);
  }
}

}  // namespace tern::loop
