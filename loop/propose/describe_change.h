#pragma once

#include <string>
#include <string_view>

#include "tern/contract/knob_description.h"

namespace tern::loop {

/// What changed between two texts of train.cpp, in one line: "lr: 3e-4 -> 1e-3" where nothing but
/// overrides did, else the first changed line. `recipe` is what the former says of its knobs.
std::string describe_change(std::string_view before, std::string_view after,
                            const RecipeDescription& recipe);

}  // namespace tern::loop
