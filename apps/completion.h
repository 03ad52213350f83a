#pragma once

#include <string>
#include <vector>

#include "tern/base/command.h"

namespace tern {

/// The script that lets a shell (bash, zsh or fish) complete commands, subcommands and their flags.
/// Throws an Error that names the shells for any other.
std::string completion_script(const std::string& shell, const std::vector<Command>& commands);

}  // namespace tern
