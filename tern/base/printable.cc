#include "tern/base/printable.h"

#include "tern/base/utf8.h"

namespace tern {
namespace {

/// The code point of one valid character.
char32_t code_point(std::string_view character) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 1) return byte(0);
  char32_t code = byte(0) & (0xFFu >> (character.size() + 1));
  for (size_t i = 1; i < character.size(); ++i) code = code << 6 | (byte(i) & 0x3Fu);
  return code;
}

bool parts_words(char32_t code) {
  return (code >= '\t' && code <= '\r') || code == 0x85 || code == 0x2028 || code == 0x2029;
}

bool is_control(char32_t code) { return code < ' ' || (code >= 0x7F && code < 0xA0); }

bool turns_direction(char32_t code) {
  return code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

}  // namespace

std::string printable(std::string_view text) {
  const std::string valid = sanitize_utf8(text);
  std::string shown;
  shown.reserve(valid.size());
  for (size_t at = 0, bytes = 0; at < valid.size(); at += bytes) {
    bytes = utf8_length(valid[at]);
    const std::string_view character = std::string_view(valid).substr(at, bytes);
    const char32_t code = code_point(character);
    if (parts_words(code)) {
      shown += ' ';
    } else if (!is_control(code) && !turns_direction(code)) {
      shown += character;
    }
  }
  return shown;
}

}  // namespace tern
