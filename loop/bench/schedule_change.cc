#include "loop/bench/schedule_change.h"

#include <algorithm>
#include <set>
#include <string>

namespace tern {
namespace {

std::multiset<std::string_view> lines_of(std::string_view text) {
  std::multiset<std::string_view> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines.insert(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

bool speaks_of_schedule(std::string_view line) {
  constexpr std::string_view kWords[] = {
      "lr",     "lambda", "warm",        "schedule",
      "decay",  "steps",  "temperature", "layers",  // what moves while a run goes on
      "distill"};                                   // another loss has another curve
  return std::ranges::any_of(
      kWords, [line](std::string_view word) { return line.find(word) != line.npos; });
}

}  // namespace

bool changes_schedule(std::string_view before, std::string_view after) {
  const std::multiset<std::string_view> old_lines = lines_of(before), new_lines = lines_of(after);
  std::multiset<std::string_view> changed;
  std::set_symmetric_difference(old_lines.begin(), old_lines.end(), new_lines.begin(),
                                new_lines.end(), std::inserter(changed, changed.end()));
  return std::any_of(changed.begin(), changed.end(), speaks_of_schedule);
}

}  // namespace tern
