#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tern::loop {

/// The names in backticks of the numbered list that stands under a heading which begins "What to
/// explore", in their order, each once; empty without such a heading.
std::vector<std::string> priorities_of(std::string_view program_md);

}  // namespace tern::loop
