#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tern::loop {

// Text that programs and models have printed, on its way to people, tables and language models.

/// The text as one line of at most `most` bytes: printable, runs of
/// blanks as single ones, and what is cut off ends in "...". Never cuts a UTF-8 character in two.
std::string one_line(std::string_view text, size_t most = 200);

/// The last `lines` lines of a text, each of at most 300 bytes.
std::string last_lines(std::string_view text, size_t lines);

/// The text between fences of Markdown as data: its lines printable, and no backticks inside can
/// end the fence. At most `most` bytes, the end of the text.
std::string fenced_data(std::string_view text, size_t most = 8000);

/// A program's text between fences, unchanged: the fence is longer than any inside.
std::string fenced_source(std::string_view text);

}  // namespace tern::loop
