#include "loop/propose/random_proposer.h"

#include "loop/propose/knob_moves.h"
#include "loop/propose/proposers.h"
#include "tern/base/error.h"

namespace tern::loop {
namespace {

/// The incumbent's recipe with the baseline's values.
RecipeDescription baseline_values(const Situation& situation) {
  RecipeDescription recipe = situation.recipe;
  const Experiment* baseline = situation.history.baseline();
  if (baseline == nullptr) return recipe;
  for (const auto& [name, value] : baseline->knobs) {
    if (KnobDescription* knob = recipe.find(name)) knob->value = value;
  }
  recipe.settle();
  return recipe;
}

std::unique_ptr<Proposer> make_random(const Lab&, const ProposerOptions&) {
  return std::make_unique<RandomProposer>();
}

const Register<ProposerKind> registration(proposers(), "random", {make_random},
                                          "a random recipe near the baseline: the yardstick", "");

}  // namespace

Proposal RandomProposer::propose(const Situation& situation) {
  Proposal proposal;
  proposal.proposer = "random";
  proposal.family = "random";
  try {
    const RecipeDescription values = baseline_values(situation);
    const SearchSpace here(situation.recipe, situation.source);
    KnobMoves moves({.lab = situation.lab,
                     .history = situation.history,
                     .source = here.source(values),
                     .recipe = values,
                     .sigma = situation.sigma,
                     .number = situation.number});
    const size_t first = 1 + moves.rng().below(2);
    // A small space may have no untried recipe so near.
    Changes changes = moves.draw(first);
    for (size_t count = 1; changes.empty() && count <= moves.space().knobs().size(); ++count) {
      changes = moves.draw(count);
    }
    check(!changes.empty(), "random search finds no recipe that was not tried; add values to try");
    const RecipeDescription after = *moves.space().after(changes);
    proposal.source = moves.space().source(after);
    proposal.description = moves.space().describe(after);
    proposal.intended = here.changed(after);
    proposal.expectation = "none: random search";
  } catch (const Error& error) {
    proposal.refusal = error.what();
  }
  return proposal;
}

}  // namespace tern::loop
