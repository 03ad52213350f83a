#pragma once

#include <functional>
#include <string_view>

#include "tern/sandbox/sandbox.h"

namespace tern {

/// The sandbox in which this machine builds and runs recipes: the strongest that works here, or
/// none where the user wants none. Says loudly when a recipe can reach more than its folder, and
/// names each part that this machine lacks.
Sandbox::Kind choose_sandbox(bool wanted, const std::function<void(std::string_view)>& say);

/// What --no-sandbox does, for a command's help.
inline constexpr const char* kNoSandboxHelp =
    "build and run train.cpp in a sandbox; without one it can read, change and send whatever you "
    "can";

}  // namespace tern
