#pragma once

#include <string>

#include "tern/contract/knob_description.h"

namespace tern {

/// What lets a knob act: "lr_schedule wsd/linear and another optimizer than lion, or distill tsld";
/// the values of one knob have a slash between them.
std::string needs_in_words(const KnobDescription& knob);

/// Of that, what is not so now, as flags: "--lr-schedule wsd", "--reactivate".
std::string missing_in_words(const RecipeDescription& recipe, const KnobDescription& knob);

}  // namespace tern
