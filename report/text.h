#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tern {

/// The text, cut at a whole character to at most `most` bytes, with "…" where something is missing.
std::string clipped(std::string_view text, size_t most);

/// The text as it may stand in XML and HTML, in attributes too: markup as entities, and control
/// characters, which XML refuses, as blanks.
std::string escaped_markup(std::string_view text);

/// JSON as it may stand inside a <script> element: "<" and the line separators that older
/// JavaScript refuses are written as escapes, so that no text can end the element.
std::string escaped_script_json(std::string_view json);

}  // namespace tern
