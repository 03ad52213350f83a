#pragma once

#include "loop/propose/proposer.h"

namespace tern::loop {

/// A random recipe one or two knobs away from the baseline, never one that was tried: the yardstick
/// that the builtin proposer has to beat on the same budget.
class RandomProposer : public Proposer {
 public:
  Proposal propose(const Situation& situation) override;
};

}  // namespace tern::loop
