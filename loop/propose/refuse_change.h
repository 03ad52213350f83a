#pragma once

#include <string>
#include <string_view>

#include "loop/record/history.h"
#include "tern/contract/knob_description.h"

namespace tern::loop {

/// Why this text may not replace the incumbent's train.cpp, in one sentence; empty when it may. The
/// same program as the incumbent's or as any tried one, another seed alone, too large a file, no
/// text, or one without a place for overrides. `recipe` is what the incumbent says of its knobs.
std::string refuse_change(std::string_view source, std::string_view incumbent,
                          const RecipeDescription& recipe, const History& history);

}  // namespace tern::loop
