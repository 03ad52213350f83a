#include "loop/research.h"

#include <algorithm>
#include <cmath>

#include "loop/boundary/boundary.h"
#include "loop/decide/noise.h"
#include "tern/base/error.h"
#include "tern/base/file.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

constexpr int64_t kMostAttempts = 2;  // of an experiment that takes the machine down
constexpr int64_t kPatience = 3;      // refusals in a row before the fallback steps in
constexpr int64_t kMostBetween = 16;  // experiments of the fallback before the next try

Json json_of(const KnobValues& values) {
  Json knobs = Json::object();
  for (const auto& [name, value] : values) knobs.set(name, value);
  return knobs;
}

/// What is known of a recipe's knobs before it is built: where a proposer says what it changes, the
/// values of the recipe that it changed and its own.
Json expected_knobs(const Experiment* base, const KnobValues& intended) {
  if (base == nullptr || intended.empty()) return Json::object();
  Json knobs = json_of(base->knobs);
  for (const auto& [name, value] : intended) knobs.set(name, value);
  return knobs;
}

/// True when it is the fallback's turn: after three refusals of the proposer in a row, first for
/// one experiment, then for twice as many as the time before, so that neither a night nor the
/// ledger is filled with the failures of a proposer that is down.
bool fallback_is_due(const History& history) {
  int64_t between = 0, refusals = 0;
  const auto& all = history.experiments();
  for (auto e = all.rbegin(); e != all.rend() && e->base != 0; ++e) {
    if (e->proposer == "builtin") {
      if (refusals == 0) ++between;
    } else if (e->status == Status::kRejected) {
      ++refusals;
    } else {
      break;
    }
  }
  if (refusals < kPatience) return false;
  return between < std::min(kMostBetween, int64_t{1} << std::min<int64_t>(refusals - kPatience, 6));
}

/// The status of a candidate that was dropped: how its last own run ended tells.
Status dropped_status(const Experiment& e) {
  const Outcome last = e.runs.empty() ? Outcome::kScored : e.runs.back().outcome;
  if (last == Outcome::kCrashed) return Status::kCrash;
  return last == Outcome::kTimedOut ? Status::kTimeout : Status::kDiscard;
}

}  // namespace

Research::Research(const ResearchParts& parts, Bounds bounds, LogSink log)
    : parts_(parts), bounds_(std::move(bounds)), log_(std::move(log)) {}

void Research::run() {
  open();
  if (!parts_.bench.has_confirm_data()) {
    say("this lab has no confirm text, so a change is kept only after one more fresh pair of runs; "
        "`tern prepare --confirm FILE` gives it one");
  }
  while (!finished()) experiment();
}

bool Research::finished() const {
  const fs::path stop = parts_.lab.root() / "STOP";
  if (fs::exists(stop)) {
    fs::remove(stop);
    say("found the file STOP: stopping here");
    return true;
  }
  if (stops() > 0) return true;
  if (bounds_.experiments > 0 && ended_ >= bounds_.experiments) return true;
  return bounds_.hours > 0 && clock_.seconds() >= 3600 * bounds_.hours;
}

void Research::open() {
  require_overrides();
  if (!parts_.branch.exists()) parts_.branch.begin();
  const bool begun = history().incumbent() != nullptr || history().unfinished() != nullptr;
  const std::string known = history().tip().empty() ? parts_.branch.tip() : history().tip();
  find_own_edit(begun, known);
  const std::string tip = parts_.branch.open(known, !begun);
  const bool new_conditions = history().conditions() != parts_.guard.conditions();
  const bool measured_anew = new_conditions && !history().conditions().empty();
  if (measured_anew) {
    const char* reason = "the budget, the data, the model or Tern itself changed since";
    say(fmt::format("{}: earlier runs cannot be compared with, the incumbent is measured anew",
                    reason));
    record(event::Drift{.reason = reason});
  }
  record(event::Session{.tag = parts_.branch.name().substr(5),
                        .commit = tip,
                        .conditions = parts_.guard.conditions()});
  if (new_conditions || history().reference_ppl() == 0) measure_reference();
  look_for_new_standards(measured_anew);
  take_up_unfinished();
  const Experiment* e = history().unfinished();
  parts_.branch.move_to(e != nullptr ? e->commit : tip);
}

/// A person's own edit of train.cpp between two sessions is the first change to be tried.
void Research::find_own_edit(bool begun, const std::string& tip) {
  const fs::path recipe = parts_.lab.recipe();
  if (!begun || !fs::exists(recipe)) return;
  const std::string found = read_file(recipe);
  const bool measured = history().incumbent() != nullptr;
  const RecipeDescription known = measured ? incumbent_recipe() : RecipeDescription();
  if (!refuse_change(found, parts_.branch.recipe_at(tip), known, history()).empty()) return;
  own_ = {.source = found,
          .description = "train.cpp as found in the lab",
          .expectation = "a person's own edit",
          .proposer = "person",
          .family = "person",
          .intended = {},
          .refusal = "",
          .usage = {}};
  say("train.cpp was edited since: the edit is tried first");
}

void Research::measure_reference() {
  const std::optional<double> ppl = parts_.bench.reference();
  if (!ppl) return;  // a figure to compare with, which nothing depends on
  record(event::Reference{.ppl = *ppl});
  say(fmt::format("the full-precision model: val_ppl {:.4f}", *ppl));
}

/// A kill leaves runs without an end; they get it here, and their experiment is repeated once.
void Research::take_up_unfinished() {
  bool went_down = false;
  for (int64_t number = 1; number < history().next_number(); ++number) {
    for (size_t i = 0; i < history().at(number).runs.size(); ++i) {
      const RunRecord run = history().at(number).runs[i];
      if (run.outcome != Outcome::kRunning) continue;
      parts_.bench.end_leftovers(number, run.number);
      event::Ran ran{.experiment = number, .run = run.number, .result = {}, .evaluations = {}};
      ran.result.outcome = Outcome::kInterrupted;
      ran.result.reason = "the loop or the machine went down";
      record(ran);
      went_down = true;
    }
  }
  const Experiment* e = history().unfinished();
  if (e == nullptr) return;
  // Nothing but a kill ends the building of a recipe without a word.
  const bool built = !e->recipe.empty() || !e->reason.empty();
  went_down = went_down || (!built && !e->paused);
  const auto voided = std::count_if(e->runs.begin(), e->runs.end(), [](const RunRecord& run) {
    return run.outcome == Outcome::kVoid;
  });
  if (!e->reason.empty()) {
    end(e->number, Status::kRejected, {.reason = e->reason});
  } else if (voided >= kMostAttempts) {
    end(e->number, Status::kRejected,
        {.reason = "locked files changed each time it ran, so it is not tried again"});
  } else if (went_down && e->attempts >= kMostAttempts) {
    end(e->number, Status::kCrash,
        {.reason = "the loop or the machine went down each time it ran, so it is not tried again"});
  } else if (went_down) {
    record(event::Again{.experiment = e->number});
    say(fmt::format("experiment {:04} was in flight when the loop went down: it is repeated",
                    e->number));
  }
}

void Research::experiment() {
  if (history().unfinished() == nullptr) {
    if (history().incumbent() == nullptr) {
      plan_baseline();
    } else {
      measure_incumbent();
      if (stops() > 1) return;
      plan_change();
    }
  }
  const Experiment* e = history().unfinished();
  if (e == nullptr) return;  // refused
  e->base == 0 ? settle_baseline(e->number) : settle_change(e->number);
}

void Research::plan_baseline() {
  plan({.source = parts_.branch.recipe_at(history().tip()),
        .description = "baseline",
        .expectation = "the unchanged recipe, with several seeds to know the noise",
        .proposer = "baseline",
        .family = "baseline",
        .intended = {},
        .refusal = "",
        .usage = {}},
       "");
}

void Research::plan_change() {
  look_for_drift();
  if (stops() > 1) return;
  const Situation situation{.lab = parts_.lab,
                            .history = history(),
                            .source = parts_.branch.recipe_at(history().tip()),
                            .recipe = incumbent_recipe(),
                            .sigma = sigma(),
                            .number = history().next_number()};
  const Proposal proposal = own_ ? *std::exchange(own_, std::nullopt) : propose(situation);
  if (stops() > 1) return;
  const std::string refusal =
      proposal.refusal.empty()
          ? refuse_change(proposal.source, situation.source, situation.recipe, history())
          : proposal.refusal;
  plan(proposal, refusal);
}

Proposal Research::propose(const Situation& situation) {
  if (fallback_is_due(history())) {
    say("the proposer failed several times in a row: the builtin one steps in");
    return parts_.fallback.propose(situation);
  }
  if (parts_.proposer.asks_outside()) {
    say(fmt::format("{:04} asking for a proposal ...", situation.number));
  }
  const Repository& repository = parts_.branch.repository();
  const std::string before = repository.fingerprint();
  Proposal proposal = parts_.proposer.propose(situation);
  if (repository.fingerprint() != before) {
    for (const Experiment& e : history().experiments()) {
      if (!e.commit.empty()) repository.set_ref(experiment_ref(e.number), e.commit);
    }
    repository.set_ref("refs/heads/" + parts_.branch.name(), history().tip());
    check(repository.fingerprint() == before,
          "the proposer changed the lab's git repository ({}): look at its refs, hooks and config "
          "before you start again; nothing that was proposed is taken",
          (parts_.lab.root() / ".git").string());
    proposal.refusal = "it moved branches or refs of the lab's repository, which were put back";
  }
  const std::string changed = parts_.guard.changed();
  check(changed.empty(), "while a change was proposed, {}; mend it, and start again", changed);
  return proposal;
}

void Research::plan(const Proposal& proposal, const std::string& refusal) {
  const int64_t number = history().next_number();
  const bool baseline = history().incumbent() == nullptr;
  std::string commit;
  if (baseline) {
    commit = history().tip();
  } else if (!proposal.source.empty() &&
             static_cast<int64_t>(proposal.source.size()) <= kLargestRecipe) {
    commit = parts_.branch.commit(
        history().tip(), number, proposal.source,
        fmt::format("{:04} {}\n\n{}", number, proposal.description, proposal.expectation));
  }
  record(event::Planned{.experiment = number,
                        .proposer = proposal.proposer,
                        .family = proposal.family,
                        .description = proposal.description,
                        .expectation = proposal.expectation,
                        .commit = commit,
                        .base = baseline ? int64_t{0} : history().incumbent()->number,
                        .refusal = refusal,
                        .program = refusal.empty() ? program_hash(proposal.source) : "",
                        .code_lines = code_lines(proposal.source),
                        .knobs = expected_knobs(history().incumbent(), proposal.intended),
                        .intended = json_of(proposal.intended),
                        .usage = proposal.usage});
  if (!refusal.empty()) {
    end(number, Status::kRejected, {.reason = refusal});
    return;
  }
  say(fmt::format("{:04} {} ({})", number, proposal.description, proposal.expectation));
  parts_.branch.move_to(commit);
}

void Research::settle_baseline(int64_t number) {
  const int64_t seeds = parts_.lab.config().research.seeds;
  if (!may_run(number)) return;
  for (int64_t seed = 1; seed <= seeds; ++seed) {
    if (history().at(number).scored(static_cast<uint64_t>(seed)) != nullptr) continue;
    const RunRecord run = this->run(number, number, static_cast<uint64_t>(seed));
    if (run.outcome == Outcome::kInterrupted) return;
    if (run.outcome == Outcome::kScored) continue;
    end(number, run.outcome == Outcome::kTimedOut ? Status::kTimeout : Status::kCrash,
        {.reason = run.reason});
    fail("the baseline has to run before anything can be compared with it, and it does not: {}",
         run.reason);
  }
  end(number, Status::kBaseline, {.reason = "what all else is compared with"});
}

void Research::settle_change(int64_t number) {
  if (!may_run(number)) return;
  for (;;) {
    const Experiment& candidate = history().at(number);
    const Experiment& incumbent = history().at(candidate.base);
    const Step step = parts_.policy.next({.candidate = candidate,
                                          .incumbent = incumbent,
                                          .sigma = sigma(),
                                          .has_confirm_data = parts_.bench.has_confirm_data()});
    if (step.kind == Step::Kind::kKeep) return end(number, Status::kKeep, step);
    if (step.kind == Step::Kind::kDiscard) return end(number, dropped_status(candidate), step);
    if (step.kind == Step::Kind::kConfirmData) {
      if (!confirm_pair(number, incumbent.number, step.seed)) return;
    } else {
      const bool own = step.kind == Step::Kind::kRunCandidate;
      const RunRecord& made = run(own ? number : incumbent.number, number, step.seed);
      if (made.outcome == Outcome::kInterrupted) return;
    }
  }
}

void Research::end(int64_t number, Status status, const Step& decision) {
  const Experiment* before = history().incumbent();
  const int64_t old = before == nullptr ? 0 : before->number;
  const double noise = sigma();
  record(event::Ended{.experiment = number,
                      .status = status,
                      .reason = decision.reason,
                      .gain = decision.gain,
                      .sigma = noise > 0 ? std::optional(noise) : std::nullopt});
  parts_.branch.move_to(history().tip());
  if (status == Status::kKeep) {
    parts_.bench.discard(old);
  } else if (status != Status::kBaseline) {
    parts_.bench.discard(number);
  }
  ++ended_;
  const std::optional<double> ppl = history().at(number).val_ppl();
  say(fmt::format("{:04} {:<9}{}{}", number, name_of(status),
                  ppl ? fmt::format(" val_ppl {:.4f}: ", *ppl) : " ", decision.reason));
  if (status != Status::kRejected && status != Status::kBaseline) {
    const Power power =
        power_of(history(), estimate_noise(history()), parts_.lab.config().research.repeats);
    if (!power.sentence.empty()) say(power.sentence);
  }
}

double Research::sigma() const { return estimate_noise(history()).sigma; }

}  // namespace tern
