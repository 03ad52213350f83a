#include "loop/propose/describe_change.h"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "loop/propose/untrusted_text.h"
#include "tern/base/error.h"
#include "tern/recipe/recipe_text.h"

namespace tern {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

/// "lr: 3e-4 -> 1e-3, group: 64 -> 128"; empty when other things changed too, or nothing did.
std::string changed_defaults(std::string_view before, std::string_view after) try {
  const std::vector<RecipeField> old_fields = recipe_fields(before);
  const std::vector<RecipeField> new_fields = recipe_fields(after);
  if (old_fields.size() != new_fields.size()) return {};
  std::string text(before), changes;
  for (size_t i = 0; i < old_fields.size(); ++i) {
    const RecipeField& from = old_fields[i];
    const RecipeField& to = new_fields[i];
    if (from.name != to.name || from.type != to.type) return {};
    if (from.value == to.value) continue;
    text = set_recipe_default(text, to.name, to.value);
    changes +=
        fmt::format("{}{}: {} -> {}", changes.empty() ? "" : ", ", to.name, from.value, to.value);
  }
  // The same defaults written in both, so that only what differs beside them is left.
  std::string other(after);
  for (const RecipeField& field : new_fields) {
    text = set_recipe_default(text, field.name, field.value);
    other = set_recipe_default(other, field.name, field.value);
  }
  return text == other ? changes : "";
} catch (const Error&) {  // no struct Recipe, or a default that is no plain value
  return {};
}

}  // namespace

std::string describe_change(std::string_view before, std::string_view after) {
  if (before == after) return "nothing";
  if (std::string changes = changed_defaults(before, after); !changes.empty()) {
    return one_line(changes);
  }
  const std::vector<std::string_view> from = lines_of(before), to = lines_of(after);
  const auto [gone, come] = std::mismatch(from.begin(), from.end(), to.begin(), to.end());
  const auto place = come - to.begin() + 1;
  if (come == to.end()) return one_line(fmt::format("line {} removed: {}", place, *gone));
  const bool blank = come->find_first_not_of(' ') == come->npos;
  return one_line(fmt::format("line {}: {}", place, blank ? "(blank)" : *come));
}

}  // namespace tern
