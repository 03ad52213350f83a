#pragma once

#include "loop/research/context.h"
#include "loop/research/experiments.h"
#include "loop/research/places.h"
#include "loop/research/proposals.h"
#include "loop/research/recipes.h"
#include "loop/research/runs.h"
#include "tern/base/timer.h"

namespace tern::loop {

/// The loop: propose one change, run it, score it, keep it or go back, again. All that it knows is
/// in the journal, so that it may be killed at any instant and goes on where it was.
class Research {
 public:
  Research(const ResearchParts& parts, Bounds bounds, LogSink log);
  Research(const Research&) = delete;  // its parts refer to each other
  Research& operator=(const Research&) = delete;

  /// Takes up what an earlier loop left, measures the baseline when there is none, and runs
  /// experiments until a bound is reached. Throws when it cannot go on: a locked file changed, the
  /// baseline does not run, the disk is full.
  void run();

  /// Runs experiment `number` and the recipe it changed on `pairs` fresh seeds, for the record.
  void confirm(int64_t number, int64_t pairs);
  /// Takes each kept change out of the incumbent once: which still earn their place?
  std::vector<Place> check_places(int64_t pairs);
  /// Scores the incumbent on the lab's final text, once for each recipe.
  void score_finally();
  /// Runs the incumbent on `runs` more seeds.
  void measure_noise(int64_t runs);

 private:
  const History& history() const { return context_.history(); }

  void open();
  void measure_reference() const;
  void take_up_unfinished();
  bool finish_asked();

  Context context_;
  Recipes recipes_{context_};
  Runs runs_{context_, recipes_};
  Proposals proposals_{context_, recipes_};
  Experiments experiments_{context_, recipes_, runs_, proposals_};
  Places places_{context_, runs_, experiments_};
  Timer clock_;
};

}  // namespace tern::loop
