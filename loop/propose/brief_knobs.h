#pragma once

#include <string>

#include "tern/contract/knob_description.h"

namespace tern::loop {

/// The part of a brief that lists the recipe's knobs, one a line: name, value, values to try,
/// meaning, and where a knob has no effect now, what it needs. Says how a value is set.
std::string knobs_part(const RecipeDescription& recipe);

}  // namespace tern::loop
