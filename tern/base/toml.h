#pragma once

#include <filesystem>
#include <string_view>

#include "tern/base/json.h"

namespace tern {

/// A TOML document as a tree of values (tables become objects; dates are refused). toml++ parses;
/// only toml.cc sees it. Throws an Error that names the file and the line.
Json parse_toml(std::string_view text, std::string_view source);
Json read_toml(const std::filesystem::path& path);

}  // namespace tern
