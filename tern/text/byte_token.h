#pragma once

#include <fmt/core.h>

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace tern {

/// A byte as byte-fallback vocabularies write it: "<0x0A>".
inline std::string token_of_byte(char byte) {
  return fmt::format("<0x{:02X}>", static_cast<unsigned char>(byte));
}

/// The byte that a token of that form stands for.
inline std::optional<char> byte_of_token(std::string_view token) {
  if (token.size() != 6 || !token.starts_with("<0x") || token[5] != '>') return std::nullopt;
  unsigned value = 0;
  const char* end = token.data() + 5;
  if (std::from_chars(token.data() + 3, end, value, 16).ptr != end) return std::nullopt;
  return static_cast<char>(value);
}

}  // namespace tern
