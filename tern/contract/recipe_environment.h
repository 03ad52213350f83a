#pragma once

namespace tern {

/// Set in the environment of a recipe's program whose output reaches a terminal through a pipe: it
/// draws its progress as on a terminal, of as many columns as COLUMNS says.
inline constexpr const char* kDrawProgress = "TERN_DRAW_PROGRESS";

}  // namespace tern
