#pragma once

#include <filesystem>
#include <string>

#include "tern/base/json.h"

namespace tern {

/// The page as one file that needs no other and no network: page.html of this folder (share/tern/
/// report of an installation) with its style sheet, its scripts, the plotting library and the data
/// in the place of its {{marks}}. Throws an Error that says what is missing and how to mend it.
std::string assemble_page(const std::filesystem::path& folder, const Json& data);

}  // namespace tern
