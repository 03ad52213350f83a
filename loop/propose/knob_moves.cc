#include "loop/propose/knob_moves.h"

#include "loop/boundary/program_text.h"
#include "loop/propose/trials.h"
#include "tern/base/error.h"

namespace tern {
namespace {

constexpr int kDraws = 1000;

}  // namespace

KnobMoves::KnobMoves(const Situation& situation)
    : history_(situation.history),
      space_(situation.source),
      keys_(tried_keys(situation.history, space_)),
      rng_(mix64(static_cast<uint64_t>(situation.number))) {
  check(!space_.knobs().empty(),
        "no field of struct Recipe lists values to try; add a comment such as `// try: 1e-4 2e-4` "
        "behind a field's default in train.cpp");
}

Changes KnobMoves::first_new(const std::vector<Changes>& candidates) const {
  for (const Changes& changes : candidates) {
    if (changes.empty() || tried(changes)) continue;
    if (!history_.tried(program_hash(space_.apply(changes)))) return changes;
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

}  // namespace tern
