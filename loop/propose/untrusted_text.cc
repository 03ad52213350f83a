#include "loop/propose/untrusted_text.h"

#include <fmt/core.h>

#include <algorithm>

#include "tern/base/printable.h"
#include "tern/base/text.h"

namespace tern::loop {
namespace {

constexpr size_t kLongestLine = 300;
constexpr std::string_view kFence = "```";

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// The text's beginning without half a character at its end.
std::string_view beginning(std::string_view text, size_t most) {
  if (text.size() <= most) return text;
  size_t end = most;
  while (end > 0 && continues_character(text[end])) --end;
  return text.substr(0, end);
}

}  // namespace

std::string one_line(std::string_view text, size_t most) {
  std::string line;
  for (const char c : printable(text)) {
    const bool first = line.empty() || line.back() == ' ';
    if (c != ' ' || !first) line += c;
  }
  if (line.ends_with(' ')) line.pop_back();
  if (line.size() <= most) return line;
  return std::string(beginning(line, most < 3 ? 0 : most - 3)) + "...";
}

std::string last_lines(std::string_view text, size_t lines) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  size_t begin = text.size();
  for (size_t i = 0; i < lines && begin != 0; ++i) {
    const size_t end = text.rfind('\n', begin - 1);
    begin = end == text.npos || begin == 0 ? 0 : end;
  }
  text.remove_prefix(begin);
  if (text.starts_with('\n')) text.remove_prefix(1);
  std::string out;
  for (size_t line = 0; line < text.size();) {
    const size_t end = std::min(text.find('\n', line), text.size());
    out += beginning(text.substr(line, end - line), kLongestLine);
    out += '\n';
    line = end + 1;
  }
  return out;
}

std::string fenced_data(std::string_view text, size_t most) {
  if (text.size() > most) {
    text.remove_prefix(text.size() - most);
    while (!text.empty() && continues_character(text.front())) text.remove_prefix(1);
  }
  std::string inside;
  for (const std::string_view line : lines_of(text)) inside += printable(line) + "\n";
  std::ranges::replace(inside, '`', '\'');
  return fmt::format("{}text\n{}{}\n", kFence, inside, kFence);
}

std::string fenced_source(std::string_view text) {
  size_t longest = kFence.size() - 1, run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  return fmt::format("{}cpp\n{}{}{}\n", fence, text, text.ends_with('\n') ? "" : "\n", fence);
}

}  // namespace tern::loop
