#include "loop/propose/priorities.h"

#include <algorithm>

namespace tern::loop {
namespace {

/// The text of a heading in Markdown; empty for another line.
std::string_view heading_of(std::string_view line) {
  const size_t text = line.find_first_not_of('#');
  if (text == 0 || text == line.npos) return {};
  const size_t begin = line.find_first_not_of(' ', text);
  return begin == line.npos ? std::string_view{} : line.substr(begin);
}

bool begins_item(std::string_view line) {
  const size_t digits = line.find_first_not_of("0123456789");
  return digits != 0 && digits != line.npos && (line[digits] == '.' || line[digits] == ')');
}

void add_names(std::string_view line, std::vector<std::string>& names) {
  for (size_t open = line.find('`'); open != line.npos;) {
    const size_t close = line.find('`', open + 1);
    if (close == line.npos) return;
    const std::string name(line.substr(open + 1, close - open - 1));
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    open = line.find('`', close + 1);
  }
}

}  // namespace

std::vector<std::string> priorities_of(std::string_view text) {
  std::vector<std::string> names;
  bool inside = false, in_item = false;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    if (const std::string_view heading = heading_of(line); !heading.empty()) {
      inside = heading.starts_with("What to explore");
      in_item = false;
    } else if (inside) {
      // An item goes on over indented lines; a paragraph beside the list is none of it.
      in_item = begins_item(line) || (in_item && (line.empty() || line.starts_with(' ')));
      if (in_item) add_names(line, names);
    }
  }
  return names;
}

}  // namespace tern::loop
