#include "loop/bench/curve_change.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <set>
#include <string>

#include "tern/base/text.h"
#include "tern/recipe/overrides.h"

namespace tern::loop {
namespace {

bool bends(const RecipeDescription& recipe, const std::string& knob) {
  const KnobDescription* described = recipe.find(knob);
  return described == nullptr || described->bends_curve;
}

/// Whether a knob of `a` that bends the curve is not the same in `b`.
bool knobs_differ(const RecipeDescription& recipe, const KnobValues& a, const KnobValues& b) {
  return std::ranges::any_of(a, [&](const auto& knob) {
    const std::string* other = value_of(b, knob.first);
    return (other == nullptr || !same_value(*other, knob.second)) && bends(recipe, knob.first);
  });
}

/// Words by which a program speaks of its curve: the members along the paths of the knobs that bend
/// it, and the loss itself.
std::set<std::string_view> words_of_curve(const RecipeDescription& recipe) {
  std::set<std::string_view> words = {"loss"};
  for (const KnobDescription& knob : recipe.knobs) {
    if (!knob.bends_curve) continue;
    const std::string_view path = knob.path;
    for (size_t begin = 0; begin < path.size();) {
      const size_t end = std::min(path.find('.', begin), path.size());
      words.insert(path.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  return words;
}

bool speaks_of(std::string_view line, const std::set<std::string_view>& words) {
  const auto in_name = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  for (auto begin = line.begin(); begin != line.end();) {
    begin = std::find_if(begin, line.end(), in_name);
    const auto end = std::find_if_not(begin, line.end(), in_name);
    if (words.contains(std::string_view(begin, end))) return true;
    begin = end;
  }
  return false;
}

bool lines_differ(const RecipeDescription& recipe, const std::string& before,
                  const std::string& after) {
  const auto lines = [](const std::string& text) {
    const std::vector<std::string_view> all = lines_of(text);
    return std::multiset<std::string_view>(all.begin(), all.end());
  };
  const std::multiset<std::string_view> old_lines = lines(before), new_lines = lines(after);
  std::vector<std::string_view> changed;
  std::ranges::set_symmetric_difference(old_lines, new_lines, std::back_inserter(changed));
  const std::set<std::string_view> words = words_of_curve(recipe);
  return std::ranges::any_of(changed,
                             [&](std::string_view line) { return speaks_of(line, words); });
}

}  // namespace

bool changes_curve(const RecipeDescription& recipe, const CurveSource& before,
                   const CurveSource& after) {
  return knobs_differ(recipe, before.knobs, after.knobs) ||
         knobs_differ(recipe, after.knobs, before.knobs) ||
         lines_differ(recipe, without_overrides(before.source), without_overrides(after.source));
}

}  // namespace tern::loop
