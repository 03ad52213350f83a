#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "loop/boundary/conditions.h"
#include "loop/record/events.h"
#include "loop/record/experiment.h"
#include "tern/base/json.h"

namespace tern::loop {

/// Everything that happened in a lab, folded from the ledger's events. Pure: the same events give
/// the same history, which is what makes a killed loop go on where it was.
class History {
 public:
  explicit History(const std::vector<Json>& events = {});

  /// Takes one more event. Throws an Error that names the event when it fits nothing.
  void apply(const Event& event);
  void apply(const Json& event);

  const std::vector<Experiment>& experiments() const { return experiments_; }
  /// Experiment `number`, from 1. Throws when there is none.
  const Experiment& at(int64_t number) const;
  /// The best recipe so far: the baseline or the last one kept; null before there is one.
  const Experiment* incumbent() const;
  const Experiment* baseline() const;
  /// The experiment that has been begun and has no end, or null.
  const Experiment* unfinished() const;
  /// Number of the next experiment.
  int64_t next_number() const { return static_cast<int64_t>(experiments_.size()) + 1; }
  /// True when this program (see program_hash()) has been planned to run; refused ones were not.
  /// One whose time was up may be tried again, as a busy machine may be why, until that was three
  /// times so.
  bool tried(const std::string& program) const;
  /// The experiment that tried the recipe with this recipe_hash(), in the same sense, or null.
  const Experiment* with_recipe(const std::string& hash) const;
  /// The branch's tag; empty before the first session.
  const std::string& tag() const { return tag_; }
  /// Where the branch stands when nothing is being tried: the incumbent's commit, or a later one of
  /// the lab's other files.
  const std::string& tip() const { return tip_; }
  /// Perplexity of the full-precision model, to give a ratio to; 0 when not known.
  double reference_ppl() const { return reference_ppl_; }
  /// All uses of final texts, in order.
  const std::vector<event::FinalScore>& final_scores() const { return final_scores_; }
  /// As of the last session; empty before the first.
  const Conditions& conditions() const { return conditions_; }
  /// When runs before were no longer comparable, and why.
  struct Break {
    int64_t next = 0;  // number of the first experiment after it
    std::string reason;
  };
  const std::vector<Break>& breaks() const { return breaks_; }

 private:
  void fold(const event::Session& session);
  void fold(const event::Reference& reference);
  void fold(const event::Planned& planned);
  void fold(const event::Described& described);
  void fold(const event::Paused& paused);
  void fold(const event::RunBegun& begun);
  void fold(const event::Ran& ran);
  void fold(const event::Confirmed& confirmed);
  void fold(const event::FinalScore& score);
  void fold(const event::Ended& ended);
  void fold(const event::Again& again);
  void fold(const event::Drift& drift);
  Experiment& experiment_of(int64_t number);
  RunRecord& run_of(int64_t experiment, int64_t run);

  std::vector<Experiment> experiments_;
  std::set<std::string> programs_;           // that were tried
  std::map<std::string, int64_t> timeouts_;  // of each program
  std::vector<event::FinalScore> final_scores_;
  int64_t incumbent_ = 0;
  std::string tag_, tip_;
  Conditions conditions_;
  std::vector<Break> breaks_;
  double reference_ppl_ = 0;
};

}  // namespace tern::loop
