#include "loop/record/history.h"

#include <algorithm>

#include "tern/base/error.h"

namespace tern {
namespace {

std::optional<double> number_of(const Json& event, const char* key) {
  const Json* value = event.find(key);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return value->as_double();
}

std::optional<int64_t> count_of(const Json& event, const char* key) {
  const Json* value = event.find(key);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return value->as_int();
}

RunRecord& run_of(Experiment& experiment, const Json& event) {
  const int64_t number = event.at("run").as_int();
  check(number >= 1 && number <= static_cast<int64_t>(experiment.runs.size()),
        "the ledger speaks of run {} of experiment {}, which was never begun", number,
        experiment.number);
  return experiment.runs[static_cast<size_t>(number - 1)];
}

KnobValues knobs_of(const Json& event, const char* key) {
  KnobValues knobs;
  if (const Json* values = event.find(key)) {
    for (const auto& [name, value] : values->members()) knobs.emplace_back(name, value.as_string());
  }
  return knobs;
}

void plan(Experiment& e, const Json& event) {
  e.attempts = 1;
  e.proposer = event.get("proposer", "");
  e.family = event.get("family", "");
  e.description = event.get("description", "");
  e.expectation = event.get("expectation", "");
  e.reason = event.get("refusal", "");
  e.commit = event.get("commit", "");
  e.base = event.get("base", int64_t{0});
  e.program = event.get("program", "");
  e.code_lines = event.get("code_lines", int64_t{0});
  e.knobs = knobs_of(event, "knobs");
  e.intended = knobs_of(event, "intended");
}

void describe(Experiment& e, const Json& event) {
  e.knobs = knobs_of(event, "knobs");
  const std::string refusal = event.get("refusal", "");
  if (refusal.empty()) {
    e.recipe = event.at("recipe").as_string();
  } else {
    e.reason = refusal;
  }
}

void begin_run(Experiment& e, const Json& event) {
  RunRecord run;
  run.number = event.at("run").as_int();
  check(run.number == static_cast<int64_t>(e.runs.size()) + 1,
        "the ledger begins run {} of experiment {}, which has {} runs", run.number, e.number,
        e.runs.size());
  run.comparison = event.at("comparison").as_int();
  run.seed = static_cast<uint64_t>(event.at("seed").as_int());
  e.runs.push_back(run);
}

void end_run(RunRecord& run, const Json& event) {
  run.outcome = outcome_named(event.at("outcome").as_string());
  run.reason = event.get("reason", "");
  run.val_ppl = number_of(event, "val_ppl");
  run.val_bpb = number_of(event, "val_bpb");
  run.steps = count_of(event, "steps");
  run.tokens = count_of(event, "tokens");
  run.training_s = number_of(event, "training_s");
  run.time_s = number_of(event, "time_s");
  run.memory_gb = number_of(event, "memory_gb");
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
  const auto found = std::ranges::find(experiments_, hash, &Experiment::recipe);
  return found == experiments_.end() ? nullptr : &*found;
}

void History::apply(const Json& event) {
  try {
    fold(event);
  } catch (const Error& e) {
    fail("{} (in the ledger's event {})", e.what(), event.dump().substr(0, 200));
  }
}

void History::fold(const Json& event) {
  const std::string& kind = event.at("event").as_string();
  if (kind == "session") {
    tag_ = event.at("tag").as_string();
    tip_ = event.at("commit").as_string();
    conditions_ = event.at("conditions").as_string();
  } else if (kind == "reference") {
    reference_ppl_ = event.at("ppl").as_double();
  } else if (kind == "planned") {
    check(event.at("experiment").as_int() == next_number(),
          "the ledger plans experiment {} where {} was next", event.at("experiment").as_int(),
          next_number());
    check(unfinished() == nullptr, "the ledger plans experiment {} while {} has no end",
          next_number(), next_number() - 1);
    const int64_t number = next_number();
    experiments_.emplace_back().number = number;
    plan(experiments_.back(), event);
    programs_.insert(experiments_.back().program);
  } else if (kind == "described") {
    describe(experiment_of(event), event);
  } else if (kind == "paused") {
    experiment_of(event).paused = true;
  } else if (kind == "again") {
    ++experiment_of(event).attempts;
  } else if (kind == "run") {
    begin_run(experiment_of(event), event);
  } else if (kind == "ran") {
    end_run(run_of(experiment_of(event), event), event);
  } else if (kind == "confirmed") {
    run_of(experiment_of(event), event).confirm_ppl = event.at("confirm_ppl").as_double();
  } else if (kind == "ended") {
    end(experiment_of(event), event);
  } else if (kind == "drift") {
    for (Experiment& e : experiments_) {
      for (RunRecord& run : e.runs) run.stale = true;
    }
  } else {
    fail("the ledger has an event \"{}\", which this Tern does not know; update Tern", kind);
  }
}

Experiment& History::experiment_of(const Json& event) {
  return const_cast<Experiment&>(at(event.at("experiment").as_int()));
}

void History::end(Experiment& e, const Json& event) {
  check(e.status == Status::kRunning, "the ledger ends experiment {} twice", e.number);
  e.status = status_named(event.at("status").as_string());
  e.reason = event.get("reason", "");
  e.gain = number_of(event, "gain");
  e.sigma = number_of(event, "sigma");
  if (e.status != Status::kBaseline && e.status != Status::kKeep) return;
  incumbent_ = e.number;
  tip_ = e.commit;
}

}  // namespace tern
