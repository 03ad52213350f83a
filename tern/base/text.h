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

}  // namespace tern
