#pragma once

#include <string>

namespace tern::loop {

/// What a compiler's log says went wrong, for people and proposers: the first line in which gcc,
/// clang or a linker tells of an error, else the last line. At most 300 characters, and the file
/// without its folders.
std::string first_diagnostic(const std::string& log);

}  // namespace tern::loop
