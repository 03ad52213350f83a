#pragma once

#include <cstdint>

#include "loop/research/context.h"
#include "loop/research/recipes.h"

namespace tern::loop {

/// Makes runs of recipes, and keeps what they gave.
class Runs {
 public:
  Runs(const Context& context, Recipes& recipes) : context_(context), recipes_(recipes) {}

  /// Runs an experiment's recipe with this seed, on account of the experiment `comparison` (0: only
  /// to look for drift); again where somebody kills it, until that was three times so: then it
  /// counts as a crash. Throws an Error where a locked file changed.
  const RunRecord& run(int64_t number, int64_t comparison, uint64_t seed);
  /// Runs both sides of a comparison on a seed that neither has run with, for the record.
  void run_fresh_pair(int64_t candidate, int64_t incumbent);
  /// Runs an experiment's recipe on a seed that it has not run with.
  const RunRecord& run_fresh(int64_t number);
  /// Scores the two runs with this seed on the confirm data; false when it was stopped. A run whose
  /// model is not the one that it left is taken back, and is there no more.
  bool confirm_pair(int64_t candidate, int64_t incumbent, uint64_t seed);
  /// Runs the incumbent on the baseline's seeds where no run of it counts any more.
  void measure_incumbent();
  /// Now and then, runs the incumbent again on an old seed: where another figure comes out, earlier
  /// runs count for nothing.
  void look_for_drift();

 private:
  const RunRecord& run_once(int64_t number, int64_t comparison, uint64_t seed, bool last_try);
  RunOrder order_of(const Experiment& e, int64_t run, int64_t comparison, uint64_t seed);
  double overhead() const;
  /// Lets a run count for nothing, because what it left is not to be trusted.
  void take_back(int64_t number, const RunRecord& run, const std::string& why);

  const Context& context_;
  Recipes& recipes_;
};

}  // namespace tern::loop
