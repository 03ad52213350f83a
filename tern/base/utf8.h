#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tern {

/// U+FFFD, which stands where text was not valid UTF-8.
inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

/// Bytes of the longest prefix of `text` that is valid UTF-8 (Unicode 15, table 3-7: no surrogates,
/// no overlong forms, nothing above U+10FFFF).
size_t valid_utf8_prefix(std::string_view text);

/// The text with every maximal part of a character that is not valid UTF-8 replaced by U+FFFD
/// (Unicode 15, section 3.9, "substitution of maximal subparts", as web browsers do). Adds the
/// number of replacements to `*replaced` unless it is null.
std::string sanitize_utf8(std::string_view text, int64_t* replaced = nullptr);

/// Bytes of the character that starts with the byte `lead`, in valid UTF-8.
inline size_t utf8_length(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

}  // namespace tern
