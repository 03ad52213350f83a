#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace tern {

/// "a b c", as words stand in a command line, or with something else between them.
inline std::string joined(const std::vector<std::string>& words, std::string_view between = " ") {
  std::string all;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) all += between;
    all += words[i];
  }
  return all;
}

/// The lines of a text, without their ends ("\n" or "\r\n"); the last one needs none.
inline std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = text.substr(begin, end - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    begin = end + 1;
  }
  return lines;
}

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
