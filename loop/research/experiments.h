#pragma once

#include <cstdint>
#include <string>

#include "loop/research/context.h"
#include "loop/research/proposals.h"
#include "loop/research/recipes.h"
#include "loop/research/runs.h"

namespace tern::loop {

/// Plans experiments, one after another, and brings each to its end.
class Experiments {
 public:
  Experiments(const Context& context, Recipes& recipes, Runs& runs, Proposals& proposals)
      : context_(context), recipes_(recipes), runs_(runs), proposals_(proposals) {}

  /// Goes on with the one that is unfinished, or plans one: the baseline where there is none, else
  /// a change. Throws an Error when the baseline does not run.
  void make();
  /// Plans one that is only compared with the incumbent: the branch stays as it is. Its number.
  int64_t plan_check(const Proposal& proposal);
  /// Ends one, and goes back to the incumbent unless it is kept.
  void end(int64_t number, Status status, const Step& decision);
  /// How many have ended since this loop began, refused ones aside.
  int64_t ended() const { return ended_; }
  /// How many of the newest were refused since this loop began.
  int64_t refused_in_a_row() const { return refused_; }

 private:
  void plan_baseline();
  void plan_change();
  void plan(const Proposal& proposal);
  std::string record_plan(const Proposal& proposal);
  bool may_run(int64_t number);
  void settle_baseline(int64_t number);
  void settle_change(int64_t number);

  const Context& context_;
  Recipes& recipes_;
  Runs& runs_;
  Proposals& proposals_;
  int64_t ended_ = 0, refused_ = 0;
};

}  // namespace tern::loop
