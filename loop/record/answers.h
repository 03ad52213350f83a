#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "loop/record/history.h"
#include "tern/base/fields.h"
#include "tern/base/json.h"
#include "tern/lab_files/lab.h"

// What the commands answer to programs (--json). What is not known is null. Figures of the confirm
// data are left out: proposers see what the commands print.

namespace tern::loop {

/// One run of an experiment.
struct RunAnswer {
  int64_t run = 0;
  uint64_t seed = 0;
  Outcome outcome = Outcome::kRunning;
  std::string reason = {};
  std::optional<double> val_ppl = {}, val_bpb = {};
  std::optional<int64_t> steps = {}, tokens = {};
  std::optional<double> training_s = {}, time_s = {}, memory_gb = {};
  bool stale = false;
  TERN_FIELDS(run, seed, outcome, reason, val_ppl, val_bpb, steps, tokens, training_s, time_s,
              memory_gb, stale)
};

/// An experiment: an entry of `tern log`.
struct ExperimentAnswer {
  int64_t experiment = 0;
  Status status = Status::kRunning;
  std::optional<double> val_ppl = {}, val_bpb = {};
  bool comparable = true;  // with what runs now; false after a change of what scores depend on
  std::optional<double> gain = {}, sigma = {};           // in nats
  int64_t pairs = 0;                                     // of runs with equal seeds, that decided
  std::optional<double> paired_ppl = {}, base_ppl = {};  // over them, and of the base
  std::string proposer = {}, family = {}, description = {}, expectation = {}, reason = {};
  std::string commit = {};
  int64_t base = 0, attempts = 0;
  Json knobs = Json::object();  // values by name
  std::vector<RunAnswer> runs = {};
  TERN_FIELDS(experiment, status, val_ppl, val_bpb, comparable, gain, sigma, pairs, paired_ppl,
              base_ppl, proposer, family, description, expectation, reason, commit, base, attempts,
              knobs, runs)
};
ExperimentAnswer answer_of(const Experiment& experiment);

/// A kept change, taken out of the best recipe alone.
struct PlaceAnswer {
  int64_t kept = 0;
  int64_t experiment = 0;  // that took it out; 0: it cannot be taken out alone
  int64_t pairs = 0;
  std::optional<double> loss = {}, loss_error = {};  // without it, in nats
  std::string verdict = {};
  TERN_FIELDS(kept, experiment, pairs, loss, loss_error, verdict)
};

/// `tern best`: the best recipe, what the final text says of it, and with --check which changes
/// earn their place.
struct BestAnswer {
  ExperimentAnswer experiment = {};
  std::optional<double> final_ppl = {};
  int64_t final_uses = 0;  // of the final text, by all recipes
  std::vector<PlaceAnswer> check = {};

  template <class Visit>
  void fields(Visit&& visit) const {
    experiment.fields(visit);
    visit_fields(visit, "final_ppl, final_uses, check", final_ppl, final_uses, check);
  }
};

/// `tern diff`: an experiment and what it changed in train.cpp.
struct DiffAnswer {
  ExperimentAnswer experiment = {};
  std::string diff = {};

  template <class Visit>
  void fields(Visit&& visit) const {
    experiment.fields(visit);
    visit_fields(visit, "diff", diff);
  }
};

/// `tern status`: how far the lab is.
struct StatusAnswer {
  std::string lab = {}, branch = {};
  int64_t loop_process = 0;  // 0: none
  int64_t experiments = 0;
  Json counts = Json::object();  // of experiments, by status
  std::optional<ExperimentAnswer> best = {}, baseline = {};
  std::optional<double> full_precision_ppl = {};
  std::optional<double> gain = {}, gain_error = {};  // of the best over the baseline, in nats
  bool gain_comparable = true;
  std::optional<double> sigma = {};  // of one run's ln(perplexity)
  int64_t sigma_runs = 0;            // that it comes from
  std::string cannot_decide = {};    // why no policy can, and what would help
  std::optional<ExperimentAnswer> running = {};
  std::optional<Json> now = {};  // what the running loop does at this moment
  TERN_FIELDS(lab, branch, loop_process, experiments, counts, best, baseline, full_precision_ppl,
              gain, gain_error, gain_comparable, sigma, sigma_runs, cannot_decide, running, now)
};
StatusAnswer status_of(const Lab& lab, const History& history);

/// `tern noise`: how much ln(perplexity) of one recipe differs from seed to seed.
struct NoiseAnswer {
  std::optional<double> sigma = {};           // standard deviation of one run's ln(perplexity)
  std::optional<double> low = {}, high = {};  // sigma lies between them with 90 % probability
  int64_t runs = 0;                           // that sigma comes from
  int64_t degrees = 0;                        // of freedom: runs less recipes
  std::optional<double> effect = {};          // of the changes that were tried, beside the noise
  std::string cannot_decide = {};
  TERN_FIELDS(sigma, low, high, runs, degrees, effect, cannot_decide)
};
NoiseAnswer noise_of(const Lab& lab, const History& history);

/// `tern confirm`: an experiment beside its base, over pairs of runs that did not select it.
struct ConfirmAnswer {
  int64_t experiment = 0, base = 0, pairs = 0;
  std::optional<double> gain = {}, gain_error = {};  // in nats
  TERN_FIELDS(experiment, base, pairs, gain, gain_error)
};

/// A finding of `tern doctor`.
struct FindingAnswer {
  std::string name = {};
  std::string state = {};  // "ok", "note" or "missing"
  std::string found = {};
  std::string remedy = {};  // the command that mends it, or what to do; empty where nothing has to
  TERN_FIELDS(name, state, found, remedy)
};

}  // namespace tern::loop
