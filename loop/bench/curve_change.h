#pragma once

#include <string_view>

#include "loop/record/experiment.h"
#include "tern/contract/knob_description.h"

namespace tern::loop {

/// A recipe as far as its training curve depends on it.
struct CurveSource {
  const KnobValues& knobs;
  std::string_view source;  // of train.cpp
};

/// True when two recipes differ in a knob that bends the curve of training loss, in one that is not
/// described, or in a line of the program besides that speaks of such a knob or of the loss: their
/// curves may cross late, or cannot be compared at all, so an early look misleads. `recipe` says
/// which knobs bend it.
bool changes_curve(const RecipeDescription& recipe, const CurveSource& before,
                   const CurveSource& after);

}  // namespace tern::loop
