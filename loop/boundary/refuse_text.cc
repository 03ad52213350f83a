#include "loop/boundary/refuse_text.h"

#include <fmt/core.h>

#include <algorithm>

namespace tern::loop {
namespace {

/// Bytes of the UTF-8 character that begins the text; 0 when it is none.
size_t utf8_length(std::string_view text) {
  const auto byte = [&](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned first = byte(0), second = byte(1);
  const size_t length = first < 0x80   ? 1
                        : first < 0xC2 ? 0
                        : first < 0xE0 ? 2
                        : first < 0xF0 ? 3
                                       : 4;
  if (first > 0xF4) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return 0;
  }
  // No longer form than needed, no surrogates, nothing beyond U+10FFFF.
  if (first == 0xE0 && second < 0xA0) return 0;
  if (first == 0xED && second >= 0xA0) return 0;
  if (first == 0xF0 && second < 0x90) return 0;
  if (first == 0xF4 && second >= 0x90) return 0;
  return length;
}

}  // namespace

std::string refuse_size(uintmax_t bytes) {
  if (bytes <= kLargestRecipe) return "";
  return fmt::format("train.cpp has {} bytes and may have {}; make it shorter", bytes,
                     kLargestRecipe);
}

std::string refuse_text(std::string_view text) {
  if (std::string why = refuse_size(text.size()); !why.empty()) return why;
  for (size_t at = 0; at < text.size();) {
    const size_t length = utf8_length(text.substr(at));
    if (length == 0 || text[at] == '\0') {
      const auto line =
          1 + std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(at), '\n');
      return fmt::format(
          "line {} of train.cpp holds a byte that is not UTF-8 text; write plain text", line);
    }
    at += length;
  }
  return "";
}

}  // namespace tern::loop
