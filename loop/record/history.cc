#include "loop/record/history.h"

#include <algorithm>

#include "tern/base/error.h"

namespace tern::loop {
namespace {

constexpr int64_t kMostTimeouts = 3;  // of a program, or a recipe, before it is its own fault

KnobValues knob_values(const Json& knobs) {
  KnobValues values;
  if (!knobs.is_object()) return values;
  for (const auto& [name, value] : knobs.members()) values.emplace_back(name, value.as_string());
  return values;
}

}  // namespace

History::History(const std::vector<Json>& events) {
  for (const Json& event : events) apply(event);
}

const Experiment& History::at(int64_t number) const {
  check(number >= 1 && number < next_number(), "there is no experiment {}; the lab has {}", number,
        experiments_.empty() ? "none yet" : fmt::format("1 to {}", experiments_.size()));
  return experiments_[static_cast<size_t>(number - 1)];
}

const Experiment* History::incumbent() const { return incumbent_ == 0 ? nullptr : &at(incumbent_); }

const Experiment* History::baseline() const {
  for (const Experiment& e : experiments_) {
    if (e.status == Status::kBaseline) return &e;
  }
  return nullptr;
}

const Experiment* History::unfinished() const {
  if (experiments_.empty() || experiments_.back().status != Status::kRunning) return nullptr;
  return &experiments_.back();
}

bool History::tried(const std::string& program) const { return programs_.contains(program); }

const Experiment* History::with_recipe(const std::string& hash) const {
  int64_t timeouts = 0;
  for (const Experiment& e : experiments_) {
    if (e.recipe != hash) continue;
    if (e.status != Status::kTimeout || ++timeouts == kMostTimeouts) return &e;
  }
  return nullptr;
}

void History::apply(const Event& event) {
  try {
    std::visit([this](const auto& kind) { fold(kind); }, event);
  } catch (const Error& e) {
    fail("{} (in the ledger's event {})", e.what(), to_json(event).dump().substr(0, 200));
  }
}

void History::apply(const Json& event) {
  std::optional<Event> read;
  try {
    read = event_from(event);
  } catch (const Error& e) {
    fail("{} (in the ledger's event {})", e.what(), event.dump().substr(0, 200));
  }
  apply(*read);
}

void History::fold(const event::Session& session) {
  check(session.version.value_or(0) <= session.kVersion,
        "the ledger was written by a newer Tern, in form {}, and this one knows {}; update Tern",
        session.version.value_or(0), session.kVersion);
  tag_ = session.tag;
  tip_ = session.commit;
  conditions_ = {session.budget, session.data, session.tern, session.machine};
}

void History::fold(const event::Reference& reference) { reference_ppl_ = reference.ppl; }

void History::fold(const event::Planned& planned) {
  check(planned.experiment == next_number(), "the ledger plans experiment {} where {} was next",
        planned.experiment, next_number());
  check(unfinished() == nullptr, "the ledger plans experiment {} while {} has no end",
        next_number(), next_number() - 1);
  Experiment e;
  e.number = planned.experiment;
  e.attempts = 1;
  e.proposer = planned.proposer;
  e.family = planned.family;
  e.description = planned.description;
  e.expectation = planned.expectation;
  e.reason = planned.refusal;
  e.commit = planned.commit;
  e.base = planned.base;
  e.program = planned.program;
  e.code_lines = planned.code_lines.value_or(0);
  e.knobs = knob_values(planned.knobs);
  e.intended = knob_values(planned.intended);
  programs_.insert(e.program);
  experiments_.push_back(std::move(e));
}

void History::fold(const event::Described& described) {
  Experiment& e = experiment_of(described.experiment);
  e.knobs = knob_values(described.knobs);
  e.recipe = described.recipe;
  if (!described.refusal.empty()) e.reason = described.refusal;
}

void History::fold(const event::Paused& paused) { experiment_of(paused.experiment).paused = true; }

void History::fold(const event::RunBegun& begun) {
  Experiment& e = experiment_of(begun.experiment);
  check(begun.run == static_cast<int64_t>(e.runs.size()) + 1,
        "the ledger begins run {} of experiment {}, which has {} runs", begun.run, e.number,
        e.runs.size());
  RunRecord& run = e.runs.emplace_back();
  run.number = begun.run;
  run.comparison = begun.comparison;
  run.seed = begun.seed;
}

void History::fold(const event::Ran& ran) {
  RunResult& result = run_of(ran.experiment, ran.run);
  result = ran.result;
}

void History::fold(const event::Confirmed& confirmed) {
  run_of(confirmed.experiment, confirmed.run).confirm_ppl = confirmed.confirm_ppl;
}

void History::fold(const event::FinalScore& score) {
  run_of(score.experiment, score.run);
  final_scores_.push_back(score);
}

void History::fold(const event::Ended& ended) {
  Experiment& e = experiment_of(ended.experiment);
  check(e.status == Status::kRunning, "the ledger ends experiment {} twice", e.number);
  e.status = ended.status;
  e.reason = ended.reason;
  e.gain = ended.gain;
  e.sigma = ended.sigma;
  if (ended.pairs && ended.ppl && ended.base_ppl) {
    e.compared = Compared{*ended.pairs, *ended.ppl, *ended.base_ppl};
  }
  if (e.status == Status::kTimeout && ++timeouts_[e.program] < kMostTimeouts) {
    programs_.erase(e.program);
  }
  if (e.status != Status::kBaseline && e.status != Status::kKeep) return;
  incumbent_ = e.number;
  tip_ = e.commit;
}

void History::fold(const event::Again& again) { ++experiment_of(again.experiment).attempts; }

void History::fold(const event::Drift& drift) {
  breaks_.push_back({next_number(), drift.reason});
  for (Experiment& e : experiments_) {
    for (RunRecord& run : e.runs) run.stale = true;
  }
}

Experiment& History::experiment_of(int64_t number) {
  return experiments_[static_cast<size_t>(at(number).number - 1)];
}

RunRecord& History::run_of(int64_t experiment, int64_t run) {
  Experiment& e = experiment_of(experiment);
  check(run >= 1 && run <= static_cast<int64_t>(e.runs.size()),
        "the ledger speaks of run {} of experiment {}, which was never begun", run, e.number);
  return e.runs[static_cast<size_t>(run - 1)];
}

}  // namespace tern::loop
