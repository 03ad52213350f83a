#pragma once

#include <string>
#include <string_view>

namespace tern {

/// A text without control characters, which a terminal would obey: the bytes below 32 and 127, and
/// in UTF-8 also 80 to 9F behind C2.
inline std::string plain_text(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (plain.ends_with('\xC2') && byte >= 0x80 && byte < 0xA0) {
      plain.pop_back();
    } else if (byte >= ' ' && byte != 0x7f) {
      plain += c;
    }
  }
  return plain;
}

}  // namespace tern
