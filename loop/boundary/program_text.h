#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tern::loop {

/// The program in one form: without comments and needless blanks, with strings and character
/// literals as they are, and one statement or preprocessor line a line. Two texts with the same
/// form are the same program.
std::string normalized_program(std::string_view source);
/// A hash of normalized_program().
std::string program_hash(std::string_view source);
/// The lines of normalized_program(): no way of writing the same program has fewer.
int64_t code_lines(std::string_view source);

}  // namespace tern::loop
