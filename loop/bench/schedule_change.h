#pragma once

#include <string_view>

#include "loop/record/experiment.h"

namespace tern {

/// A recipe as far as its training curve depends on it.
struct CurveSource {
  const KnobValues& knobs;
  std::string_view source;  // of train.cpp
};

/// True when two recipes differ in a knob of a schedule (learning rate, lambda, warm-up, length of
/// the run) or of what is added to the loss, or in a line of the program besides that speaks of
/// such: their training curves may cross late, or cannot be compared at all, so an early look
/// misleads.
bool changes_schedule(const CurveSource& before, const CurveSource& after);

}  // namespace tern
