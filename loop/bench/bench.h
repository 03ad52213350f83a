#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "loop/record/experiment.h"
#include "tern/contract/knob_description.h"
#include "tern/contract/results_row.h"

namespace tern::loop {

/// What a bench is to run.
struct RunOrder {
  int64_t experiment = 0;
  int64_t run = 0;  // its number within the experiment
  uint64_t seed = 0;
  std::string source;  // of train.cpp
  std::string commit;
  /// A scored run of the incumbent whose training curve this one must keep up with: its experiment
  /// and run; 0: none.
  int64_t rival_experiment = 0;
  int64_t rival_run = 0;
  /// False for a change of schedule, whose curves may cross late.
  bool prune = true;
  /// The most processor time that it may use, in seconds; 0: any.
  double processor_s = 0;
  /// Seconds of wall clock beside training (start, evaluations, packing); 0: not known yet.
  double overhead_s = 0;
};

/// How it went, with what the ledger keeps of it.
struct RunReport : RunResult {
  std::vector<ResultsRow> evaluations;  // while it trained, then the score of record
};

/// What a built recipe says of its knobs, or why there is nothing to hear.
struct DescribedRecipe {
  RecipeDescription recipe;
  std::string refusal;     // one sentence; empty when all is well
  bool timed_out = false;  // it hit a limit while it was built or asked
};

/// Where recipes are built, run and scored: the real one is Workbench. Whatever a recipe does wrong
/// is an outcome; an Error means that the bench itself cannot go on (a full disk, no compiler).
class Bench {
 public:
  virtual ~Bench() = default;

  /// Removes whatever lies where a new experiment is to lie.
  virtual void clear(int64_t experiment) = 0;
  /// Builds the recipe of an experiment and lets it describe itself.
  virtual DescribedRecipe describe(int64_t experiment, const std::string& source) = 0;
  virtual RunReport run(const RunOrder& order) = 0;
  /// The perplexity of a run's model on the data that proposers never see; empty when the lab has
  /// none.
  virtual std::optional<double> confirm(int64_t experiment, int64_t run) = 0;
  /// The perplexity of a run's model on the lab's final text; empty when it cannot be scored.
  virtual std::optional<double> score_finally(int64_t experiment, int64_t run) = 0;
  /// The perplexity of the lab's full-precision model on the search data; empty when it cannot be
  /// scored.
  virtual std::optional<double> reference() = 0;
  /// Removes what takes room of an experiment: all but a few small files.
  virtual void discard(int64_t experiment) = 0;
  /// Ends every process that an earlier loop, killed itself, has left of this experiment: of its
  /// compiler, runs and evaluators.
  virtual void end_leftovers(int64_t experiment) = 0;
  virtual bool has_confirm_data() const = 0;
  /// Why nothing can be built or run now, since the disk is full, in one sentence; empty when there
  /// is room.
  virtual std::string missing_room() const = 0;
};

}  // namespace tern::loop
