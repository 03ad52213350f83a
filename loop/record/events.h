#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "loop/record/experiment.h"
#include "tern/base/fields.h"
#include "tern/base/json.h"
#include "tern/contract/results_row.h"

// What happens in a lab, as the ledger's lines tell it.

namespace tern::loop {

/// Rows of results.tsv. In JSON an object of cells by column for each, without empty ones: a number
/// that is none has a cell and no JSON. A row that cannot be read, of a program that wrote what it
/// liked, is left out.
struct Evaluations {
  std::vector<ResultsRow> rows;
};
Json json_of(const Evaluations& evaluations);
void read_json(const Json& json, Evaluations& out);

namespace event {

/// A loop takes the lab.
struct Session {
  static constexpr std::string_view kName = "session";
  static constexpr int64_t kVersion = 1;                        // of the ledger's form
  std::string tag;                                              // of the branch
  std::string commit;                                           // where the branch stands
  std::string budget = {}, data = {}, tern = {}, machine = {};  // see Conditions
  std::optional<int64_t> version = kVersion;
  TERN_FIELDS(tag, commit, budget, data, tern, machine, version)
};

/// The full-precision model was scored.
struct Reference {
  static constexpr std::string_view kName = "reference";
  double ppl = 0;
  TERN_FIELDS(ppl)
};

/// An experiment begins: what is to be tried.
struct Planned {
  static constexpr std::string_view kName = "planned";
  int64_t experiment = 0;
  std::string proposer, family, description, expectation;
  std::string commit;   // empty when the change could not be committed
  int64_t base = 0;     // the experiment whose recipe it changed; 0 for the baseline
  std::string refusal;  // why it is not run, in one sentence; empty when it is
  std::string program;  // hash of the program's text; empty for a refused one
  std::optional<int64_t> code_lines = {};
  Json knobs;     // all of them as far as they are known before it is built: an object of texts
  Json intended;  // those that the proposer set out to change; empty where it did not say
  Json usage;     // tokens and cost of a language model; null where there is none
  TERN_FIELDS(experiment, proposer, family, description, expectation, commit, base, refusal,
              program, code_lines, knobs, intended, usage)
};

/// A built recipe described its knobs.
struct Described {
  static constexpr std::string_view kName = "described";
  int64_t experiment = 0;
  Json knobs;           // the values of all of them: an object of texts
  std::string recipe;   // recipe_hash(); empty for a refused one
  std::string refusal;  // why it does not run, in one sentence; empty when it does
  TERN_FIELDS(experiment, knobs, recipe, refusal)
};

/// The building of an experiment was stopped, by the user or a full disk.
struct Paused {
  static constexpr std::string_view kName = "paused";
  int64_t experiment = 0;
  TERN_FIELDS(experiment)
};

/// A run begins.
struct RunBegun {
  static constexpr std::string_view kName = "run";
  int64_t experiment = 0, run = 0;
  int64_t comparison = 0;  // the experiment on whose account it runs; 0: only to look for drift
  uint64_t seed = 0;
  TERN_FIELDS(experiment, run, comparison, seed)
};

/// A run ended.
struct Ran {
  static constexpr std::string_view kName = "ran";
  int64_t experiment = 0, run = 0;
  RunResult result;
  Evaluations evaluations;
  template <class Visit>
  void fields(Visit&& visit) {
    visit_all(*this, visit);
  }
  template <class Visit>
  void fields(Visit&& visit) const {
    visit_all(*this, visit);
  }

 private:
  template <class Self, class Visit>
  static void visit_all(Self& self, Visit& visit) {
    visit_fields(visit, "experiment, run", self.experiment, self.run);
    self.result.fields(visit);
    visit_fields(visit, "evaluations", self.evaluations);
  }
};

/// A run's model was scored on the data that proposers never see.
struct Confirmed {
  static constexpr std::string_view kName = "confirmed";
  int64_t experiment = 0, run = 0;
  double confirm_ppl = 0;
  TERN_FIELDS(experiment, run, confirm_ppl)
};

/// A run's model was scored on the lab's final text: one use of it.
struct FinalScore {
  static constexpr std::string_view kName = "final_score";
  int64_t experiment = 0, run = 0;
  double ppl = 0;
  std::string text;  // hash of the text
  TERN_FIELDS(experiment, run, ppl, text)
};

/// An experiment was decided.
struct Ended {
  static constexpr std::string_view kName = "ended";
  int64_t experiment = 0;
  Status status = Status::kRunning;
  std::string reason;
  std::optional<double> gain = {};                // ln(perplexity) won over the incumbent
  std::optional<double> sigma = {};               // of one run's ln(perplexity), as known then
  std::optional<int64_t> pairs = {};              // of runs with equal seeds, that decided
  std::optional<double> ppl = {}, base_ppl = {};  // over them, of the change and of its base
  TERN_FIELDS(experiment, status, reason, gain, sigma, pairs, ppl, base_ppl)
};

/// An experiment that was in flight when the machine went down is taken up anew.
struct Again {
  static constexpr std::string_view kName = "again";
  int64_t experiment = 0;
  TERN_FIELDS(experiment)
};

/// Runs before this are no longer comparable.
struct Drift {
  static constexpr std::string_view kName = "drift";
  std::string reason;
  TERN_FIELDS(reason)
};

}  // namespace event

using Event = std::variant<event::Session, event::Reference, event::Planned, event::Described,
                           event::Paused, event::RunBegun, event::Ran, event::Confirmed,
                           event::FinalScore, event::Ended, event::Again, event::Drift>;

/// An event as a line of the ledger: its name as "event", and its fields. This is the ledger's
/// door: all texts behind it are printable() and hold nothing of a key, whoever wrote them.
Json to_json(const Event& event);
/// Reads an event, also of an older Tern: a text, a list or an optional that is missing is empty,
/// and texts are made as they would be now. Throws an Error that says what is wrong.
Event event_from(const Json& json);

}  // namespace tern::loop
