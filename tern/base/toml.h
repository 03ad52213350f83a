#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "tern/base/json.h"

namespace tern {

/// A TOML document as a tree of values (tables become objects; dates are refused). toml++ parses;
/// only toml.cc sees it. Throws an Error that names the file and the line.
Json parse_toml(std::string_view text, std::string_view source);
Json read_toml(const std::filesystem::path& path);

/// The text of a TOML document with another value (text, number or boolean) for `key` of [table].
/// Comments and everything else stay; a key or a table that is missing is added. `source` names the
/// document in errors.
std::string set_toml_value(std::string text, std::string_view table, std::string_view key,
                           const Json& value, std::string_view source);

}  // namespace tern
