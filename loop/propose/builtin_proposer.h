#pragma once

#include "loop/propose/proposer.h"

namespace tern::loop {

/// Proposes other values for the knobs of the recipe that have values to try, without a language
/// model. It begins with the priorities of program.md, one knob at a time; then a Parzen
/// estimator, neighbours of the incumbent, ablations of what was kept and combinations of near
/// misses take turns. It changes one or two knobs, and what these ask for
/// (SearchSpace), as long as there is such a recipe that was not tried, then more.
class BuiltinProposer : public Proposer {
 public:
  Proposal propose(const Situation& situation) override;
};

}  // namespace tern::loop
