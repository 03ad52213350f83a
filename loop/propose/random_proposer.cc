#include "loop/propose/random_proposer.h"

#include <algorithm>

#include "loop/propose/knob_moves.h"
#include "loop/propose/trials.h"
#include "tern/base/error.h"

namespace tern {
namespace {

/// The situation with the baseline's knobs in the incumbent's code.
Situation at_baseline(const Situation& situation) {
  const SearchSpace space(situation.source);
  Changes back;
  for (const Trial& trial : trials_of(situation.history, space)) {
    if (trial.experiment->status != Status::kBaseline) continue;
    for (size_t i = 0; i < space.knobs().size(); ++i) {
      if (trial.values[i] && !same_value(*trial.values[i], space.knobs()[i].value())) {
        back.push_back({i, *trial.values[i]});
      }
    }
  }
  Situation baseline = situation;
  baseline.source = space.apply(back);
  return baseline;
}

}  // namespace

Proposal RandomProposer::propose(const Situation& situation) {
  Proposal proposal;
  proposal.proposer = "random";
  proposal.family = "random";
  try {
    const Situation baseline = at_baseline(situation);
    KnobMoves moves(baseline);
    const size_t first = 1 + moves.rng().below(2);
    // A small space may have no untried recipe so near.
    Changes changes = moves.draw(first);
    for (size_t count = 1; changes.empty() && count <= moves.space().knobs().size(); ++count) {
      changes = moves.draw(count);
    }
    check(!changes.empty(), "random search finds no recipe that was not tried; add values to try");
    proposal.source = moves.space().apply(changes);
    proposal.description = moves.space().describe(changes);
    proposal.expectation = "none: random search";
  } catch (const Error& error) {
    proposal.refusal = error.what();
  }
  return proposal;
}

}  // namespace tern
