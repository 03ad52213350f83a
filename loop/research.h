#pragma once

#include <functional>
#include <optional>
#include <string>

#include "loop/bench/bench.h"
#include "loop/boundary/guard.h"
#include "loop/decide/policy.h"
#include "loop/git/branch.h"
#include "loop/propose/proposer.h"
#include "loop/record/journal.h"
#include "tern/base/log.h"
#include "tern/base/timer.h"
#include "tern/lab_files/lab.h"

namespace tern {

/// When the loop ends; without any bound it goes on for ever.
struct Bounds {
  int64_t experiments = 0;  // 0: no bound
  double hours = 0;         // 0: no bound
  /// How often somebody asked it to stop: once, after this experiment; twice, now. May be empty.
  std::function<int()> stops;
};

/// What the loop is made of. All of it outlives the loop.
struct ResearchParts {
  const Lab& lab;
  Journal& journal;
  Branch& branch;
  Bench& bench;
  const Guard& guard;
  Proposer& proposer;
  Proposer& fallback;  // proposes when `proposer` fails again and again
  const Policy& policy;
};

/// The loop: propose one change, run it, score it, keep it or go back, again. All that it knows is
/// in the journal, so that it may be killed at any instant and goes on where it was.
class Research {
 public:
  Research(const ResearchParts& parts, Bounds bounds, LogSink log);

  /// Takes up what an earlier loop left, measures the baseline when there is none, and runs
  /// experiments until a bound is reached. Throws when it cannot go on: a locked file changed, the
  /// baseline does not run, the disk is full.
  void run();

  /// Runs experiment `number` and the recipe it changed on `pairs` fresh seeds, for the record.
  void confirm(int64_t number, int64_t pairs);
  /// Runs the incumbent on `runs` more seeds.
  void measure_noise(int64_t runs);

 private:
  const History& history() const { return parts_.journal.history(); }
  void record(const Event& event) { parts_.journal.record(event); }
  int stops() const { return bounds_.stops ? bounds_.stops() : 0; }
  void say(const std::string& line) const { log_line(log_, line); }

  // What a session begins with.
  void open();
  void find_own_edit(bool begun, const std::string& tip);
  void measure_reference();
  void take_up_unfinished();

  // What built recipes say of their knobs.
  void require_overrides() const;
  /// `measured_anew`: earlier runs count for nothing anyway.
  void look_for_new_standards(bool measured_anew);
  const RecipeDescription& incumbent_recipe();
  bool may_run(int64_t number);
  DescribedRecipe describe(int64_t number) const;
  void record_description(int64_t number, const DescribedRecipe& described,
                          const std::string& refusal);

  // One experiment.
  bool finished() const;
  void experiment();
  void plan_baseline();
  void plan_change();
  Proposal propose(const Situation& situation);
  void plan(const Proposal& proposal, const std::string& refusal);
  void settle_baseline(int64_t number);
  void settle_change(int64_t number);
  void end(int64_t number, Status status, const Step& decision);

  // One run.
  const RunRecord& run(int64_t number, int64_t comparison, uint64_t seed);
  RunOrder order_of(const Experiment& e, int64_t run, int64_t comparison, uint64_t seed);
  bool confirm_pair(int64_t candidate, int64_t incumbent, uint64_t seed);
  void look_for_drift();
  void measure_incumbent();
  double overhead() const;
  double sigma() const;

  ResearchParts parts_;
  Bounds bounds_;
  LogSink log_;
  Timer clock_;
  int64_t ended_ = 0;            // experiments of this session
  std::optional<Proposal> own_;  // an edit of train.cpp by a person, found at the start
  int64_t described_ = 0;        // the experiment whose recipe_ this is; 0: of none yet
  RecipeDescription recipe_;     // of the incumbent
};

}  // namespace tern
