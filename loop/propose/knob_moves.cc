#include "loop/propose/knob_moves.h"

#include <algorithm>

#include "loop/boundary/program_text.h"
#include "loop/propose/refuse_recipe.h"
#include "loop/propose/trials.h"
#include "tern/base/error.h"

namespace tern::loop {
namespace {

constexpr int kDraws = 1000;
constexpr double kMargin = 0.9;  // runs of one recipe take other numbers of steps

/// Steps after which a length surely ends within a run like the incumbent's; 0 when its runs do not
/// tell.
double most_steps(const History& history) {
  double least = 0;
  const Experiment* incumbent = history.incumbent();
  if (incumbent == nullptr) return 0;
  for (const RunRecord& run : incumbent->runs) {
    if (run.outcome != Outcome::kScored || run.stale || !run.steps) continue;
    const double steps = kMargin * static_cast<double>(*run.steps);
    least = least == 0 ? steps : std::min(least, steps);
  }
  return least;
}

}  // namespace

KnobMoves::KnobMoves(const Situation& situation)
    : history_(situation.history),
      space_(situation.recipe, situation.source, most_steps(situation.history)),
      keys_(tried_keys(situation.history, space_)),
      rng_(mix64(static_cast<uint64_t>(situation.number))) {
  check(!space_.knobs().empty(),
        "no knob of this recipe has values to try; give one some where train.cpp describes its "
        "own knobs: `tern train --list-arms` shows what it says");
}

Changes KnobMoves::first_new(const std::vector<Changes>& candidates) const {
  for (const Changes& changes : candidates) {
    if (changes.empty()) continue;
    const std::optional<RecipeDescription> after = space_.after(changes);
    if (!after || keys_.contains(values_key(*after))) continue;
    if (!history_.tried(program_hash(space_.source(*after)))) return changes;
  }
  return {};
}

Change KnobMoves::other_value(size_t knob) {
  const Knob& k = space_.knobs()[knob];
  const size_t other = rng_.below(k.values.size() - 1);
  return {knob, k.values[other < k.current ? other : other + 1]};
}

std::vector<size_t> KnobMoves::some_knobs(size_t count) {
  std::vector<size_t> knobs(space_.knobs().size());
  for (size_t i = 0; i < knobs.size(); ++i) knobs[i] = i;
  shuffle(knobs);
  if (knobs.size() > count) knobs.resize(count);
  return knobs;
}

Changes KnobMoves::draw(size_t count) {
  for (int i = 0; i < kDraws; ++i) {
    Changes changes;
    for (const size_t knob : some_knobs(count)) changes.push_back(other_value(knob));
    if (changes = first_new({changes}); !changes.empty()) return changes;
  }
  return {};
}

}  // namespace tern::loop
