#pragma once

#include <filesystem>

namespace tern {

/// Tern's own folder, which holds bin, lib, include and share: TERN_HOME where it is set, else the
/// folder above the running program's. Throws an Error that says what was expected where.
std::filesystem::path tern_home();

}  // namespace tern
