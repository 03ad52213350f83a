#pragma once

#include <string>
#include <string_view>

namespace tern {

/// A text of others as one line that looks like what it is: line ends and tabs are blanks, bytes
/// that are not UTF-8 are U+FFFD, and what a terminal would obey (control characters, C1 too) or
/// what makes letters stand elsewhere than they are (the marks of bidirectional text) is left out.
std::string printable(std::string_view text);

}  // namespace tern
