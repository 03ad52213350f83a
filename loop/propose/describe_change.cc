#include "loop/propose/describe_change.h"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "loop/propose/untrusted_text.h"
#include "tern/base/text.h"
#include "tern/recipe/overrides.h"

namespace tern::loop {
namespace {

/// The value that the text gives a knob: its last override, else Tern's own.
std::string value_in(std::string_view source, const KnobDescription& knob) {
  std::string value = knob.standard;
  for (const auto& [path, literal] : overrides_in(source)) {
    if (path == knob.path) value = literal;
  }
  return value;
}

/// "lr: 3e-4 -> 1e-3, group: 64 -> 128"; empty when other things changed too, or nothing did.
std::string changed_values(std::string_view before, std::string_view after,
                           const RecipeDescription& recipe) {
  if (without_overrides(before) != without_overrides(after)) return {};
  for (const auto& [path, literal] : overrides_in(after)) {
    if (std::ranges::find(recipe.knobs, path, &KnobDescription::path) == recipe.knobs.end()) {
      return {};
    }
  }
  std::string changes;
  for (const KnobDescription& knob : recipe.knobs) {
    const std::string old = value_in(before, knob), value = value_in(after, knob);
    if (same_value(old, value)) continue;
    changes += fmt::format("{}{}: {} -> {}", changes.empty() ? "" : ", ", knob.name, old, value);
  }
  return changes;
}

}  // namespace

std::string describe_change(std::string_view before, std::string_view after,
                            const RecipeDescription& recipe) {
  if (before == after) return "nothing";
  if (std::string changes = changed_values(before, after, recipe); !changes.empty()) {
    return one_line(changes);
  }
  const std::vector<std::string_view> from = lines_of(before), to = lines_of(after);
  const auto [gone, come] = std::mismatch(from.begin(), from.end(), to.begin(), to.end());
  const auto place = come - to.begin() + 1;
  if (come == to.end()) return one_line(fmt::format("line {} removed: {}", place, *gone));
  const bool blank = come->find_first_not_of(' ') == come->npos;
  return one_line(fmt::format("line {}: {}", place, blank ? "(blank)" : *come));
}

}  // namespace tern::loop
