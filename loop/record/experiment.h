#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "loop/record/run_files.h"
#include "tern/base/fields.h"
#include "tern/contract/json_form.h"

namespace tern::loop {

/// How a run of a recipe ended.
enum class Outcome {
  kRunning,      // it has not
  kScored,       // with a score of record
  kCrashed,      // by itself, without a model that could be scored
  kTimedOut,     // killed: over its time, memory, processes or disk
  kPruned,       // stopped by the harness: it could not have become as good as the incumbent
  kVoid,         // something locked changed, or it took more than its budget: it counts for nothing
  kInterrupted,  // the loop or the machine went down; it is repeated
};

/// What became of an experiment. Their names in experiments.tsv: running, baseline, keep, discard,
/// crash, timeout, rejected.
enum class Status {
  kRunning,
  kBaseline,
  kKeep,
  kDiscard,
  kCrash,
  kTimeout,
  kRejected,  // refused before it ran
};

std::string_view name_of(Outcome outcome);
std::string_view name_of(Status status);
Outcome outcome_named(std::string_view name);
Status status_named(std::string_view name);

/// Knobs by name with their values, as flags would give them.
using KnobValues = std::vector<std::pair<std::string, std::string>>;

/// The value of a knob, or null.
const std::string* value_of(const KnobValues& knobs, std::string_view name);
/// {"name": "value", ...}
Json object_of(const KnobValues& knobs);

// In JSON both are their names.
using tern::json_of;
using tern::read_json;
Json json_of(Outcome outcome);
Json json_of(Status status);
void read_json(const Json& json, Outcome& out);
void read_json(const Json& json, Status& out);

/// How a run ended, and what was measured of it.
struct RunResult {
  Outcome outcome = Outcome::kRunning;
  std::string reason;  // one sentence when it was not scored

  // Of the score of record.
  std::optional<double> val_ppl;
  std::optional<double> val_bpb;

  std::optional<int64_t> steps;       // as the program told it, which is never the score
  std::optional<int64_t> tokens;      // dealt to be trained on
  std::optional<double> training_s;   // from the first of them on, but for evaluations
  std::optional<double> time_s;       // wall clock, measured by the loop
  std::optional<double> memory_gb;    // peak of all its processes
  std::optional<double> processor_s;  // of processor time of all its processes

  std::optional<RunFiles> files;  // none of a run that an older Tern made
  TERN_FIELDS(outcome, reason, val_ppl, val_bpb, steps, tokens, training_s, time_s, memory_gb,
              processor_s, files)
};

/// One run of an experiment's recipe with one seed.
struct RunRecord : RunResult {
  int64_t number = 0;      // within the experiment, from 1; its folder's name
  int64_t comparison = 0;  // the experiment on whose account it ran; 0: only to look for drift
  uint64_t seed = 0;
  bool stale = false;  // made before the machine's speed drifted, so not to be compared with
  std::optional<double> confirm_ppl;  // only where a change was to be promoted
};

/// The comparison that decided: mean perplexities over pairs of runs with equal seeds.
struct Compared {
  int64_t pairs = 0;
  double ppl = 0, base_ppl = 0;
};

/// The proposer of experiments that take a kept change out again, only to compare.
inline constexpr const char* kCheckProposer = "check";

/// One proposed change and all its runs.
struct Experiment {
  int64_t number = 0;
  int64_t attempts = 0;  // times it was begun; more than 1 when the machine went down
  Status status = Status::kRunning;
  std::string proposer;     // "baseline", "builtin", "agent", "llm", "check", ...
  std::string family;       // how the proposer came to it: "priority", "tpe", "ablation", ...
  std::string description;  // what changed, in one line
  std::string expectation;  // what it should bring, in one line
  std::string reason;       // why it was kept or not, in one sentence

  std::string commit;   // of the tried train.cpp, full hash; empty when it could not be committed
  int64_t base = 0;     // the experiment whose recipe it changed; 0 for the baseline
  std::string program;  // hash of the program's text, comments and blanks aside
  int64_t code_lines = 0;
  /// All knobs of the recipe: as its program described them, before that as far as they are known.
  KnobValues knobs;
  KnobValues intended;  // what the proposer set out to change; empty where it did not say
  std::string recipe;   // recipe_hash(), once its program has described itself and may run
  bool paused = false;  // its building was stopped, by the user or a full disk

  std::vector<RunRecord> runs;  // by number
  std::optional<double> gain;   // ln(perplexity) won over the incumbent; negative: lost
  std::optional<double> sigma;  // of one run's ln(perplexity), as known when it was decided

  std::optional<Compared> compared;  // none where no pair of runs decided

  /// False where its figures are of runs before something changed that scores depend on.
  bool comparable() const;
  /// Mean perplexity of record (geometric: bits per byte are its logarithm, whose mean is plain) of
  /// estimate_runs(); empty without a score.
  std::optional<double> val_ppl() const;
  std::optional<double> val_bpb() const;
  /// The scored run with this seed, or null.
  const RunRecord* scored(uint64_t seed) const;
  /// The scored runs that were made after the change was selected, so that their mean is unbiased.
  std::vector<const RunRecord*> fresh_runs() const;
  /// The runs whose mean stands for the recipe: the fresh ones, else the one that selected it.
  std::vector<const RunRecord*> estimate_runs() const;
};

}  // namespace tern::loop
