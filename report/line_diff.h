#pragma once

#include <string>
#include <string_view>

namespace tern {

/// A unified diff of two texts without the lines that name the files: hunks with three lines of
/// context, empty when the texts are equal. Minimal (Myers, "An O(ND) difference algorithm", 1986)
/// unless the texts have little in common; then whatever differs is one block.
std::string line_diff(std::string_view before, std::string_view after);

}  // namespace tern
