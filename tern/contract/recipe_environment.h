#pragma once

#include <string_view>

namespace tern {

/// Flags of a recipe's program that are for whoever starts it, not for people: its help does not
/// show them.
inline constexpr std::string_view kHarnessFlags[] = {"run_dir", "resume", "describe"};

/// Set in the environment of a recipe's program whose output reaches a terminal through a pipe: it
/// draws its progress as on a terminal, of as many columns as COLUMNS says.
inline constexpr const char* kDrawProgress = "TERN_DRAW_PROGRESS";

}  // namespace tern
