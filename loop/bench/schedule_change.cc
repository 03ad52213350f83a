#include "loop/bench/schedule_change.h"

#include <algorithm>
#include <set>
#include <string>

#include "tern/contract/knob_description.h"
#include "tern/recipe/overrides.h"

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

bool speaks_of_schedule(std::string_view text) {
  constexpr std::string_view kWords[] = {
      "lr",     "lambda", "warm",        "schedule",
      "decay",  "steps",  "temperature", "layers",  // what moves while a run goes on
      "distill"};                                   // another loss has another curve
  return std::ranges::any_of(
      kWords, [text](std::string_view word) { return text.find(word) != text.npos; });
}

/// Whether a knob of `a` that speaks of a schedule is not the same in `b`.
bool knobs_differ(const KnobValues& a, const KnobValues& b) {
  return std::ranges::any_of(a, [&](const auto& knob) {
    const std::string* other = value_of(b, knob.first);
    return speaks_of_schedule(knob.first) && (other == nullptr || !same_value(*other, knob.second));
  });
}

bool lines_differ(const std::string& before, const std::string& after) {
  const std::multiset<std::string_view> old_lines = lines_of(before), new_lines = lines_of(after);
  std::multiset<std::string_view> changed;
  std::set_symmetric_difference(old_lines.begin(), old_lines.end(), new_lines.begin(),
                                new_lines.end(), std::inserter(changed, changed.end()));
  return std::any_of(changed.begin(), changed.end(), speaks_of_schedule);
}

}  // namespace

bool changes_schedule(const CurveSource& before, const CurveSource& after) {
  return knobs_differ(before.knobs, after.knobs) || knobs_differ(after.knobs, before.knobs) ||
         lines_differ(without_overrides(before.source), without_overrides(after.source));
}

}  // namespace tern
