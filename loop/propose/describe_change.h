#pragma once

#include <string>
#include <string_view>

namespace tern {

/// What changed between two texts of train.cpp, in one line: "lr: 3e-4 -> 1e-3" where nothing but
/// defaults of the recipe did, else the first changed line.
std::string describe_change(std::string_view before, std::string_view after);

}  // namespace tern
