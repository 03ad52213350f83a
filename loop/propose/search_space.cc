#include "loop/propose/search_space.h"

#include <algorithm>
#include <limits>

#include "tern/base/error.h"
#include "tern/recipe/overrides.h"

namespace tern::loop {
namespace {

/// Gives overrides that have no effect Tern's own value, until none is left.
void drop_idle_overrides(RecipeDescription& recipe) {
  for (bool dropped = true; dropped;) {
    dropped = false;
    for (KnobDescription& knob : recipe.knobs) {
      if (knob.acts || same_value(knob.value, knob.standard)) continue;
      knob.value = knob.standard;
      dropped = true;
    }
    recipe.settle();
  }
}

}  // namespace

SearchSpace::SearchSpace(RecipeDescription recipe, std::string source, double most_steps)
    : recipe_(std::move(recipe)), source_(std::move(source)), most_steps_(most_steps) {
  recipe_.settle();
  for (const KnobDescription& described : recipe_.knobs) {
    KnobDescription& lean = lean_.knobs.emplace_back();
    lean.name = described.name;
    lean.value = described.value;
    lean.standard = described.standard;
    lean.acts = described.acts;
    lean.ways = described.ways;
    if (described.tries.empty()) continue;
    Knob knob = Knob::of(described, most_steps_);
    if (knob.values.size() > 1) knobs_.push_back(std::move(knob));
  }
}

std::optional<size_t> SearchSpace::find(std::string_view name) const {
  const auto found = std::ranges::find(knobs_, name, &Knob::name);
  if (found == knobs_.end()) return std::nullopt;
  return static_cast<size_t>(found - knobs_.begin());
}

RecipeDescription SearchSpace::with(const KnobValues& values) const {
  RecipeDescription recipe = lean_;
  for (const auto& [name, value] : values) {
    if (KnobDescription* knob = recipe.find(name)) knob->value = value;
  }
  recipe.settle();
  return recipe;
}

std::optional<RecipeDescription> SearchSpace::after(const Changes& changes) const {
  KnobValues values;
  for (const auto& [knob, value] : changes) values.emplace_back(knobs_[knob].name, value);
  RecipeDescription recipe = with(values);
  if (!act(recipe, changes)) return with_companion(recipe, changes);
  drop_idle_overrides(recipe);
  return recipe;
}

bool SearchSpace::act(const RecipeDescription& recipe, const Changes& changes) const {
  return std::ranges::all_of(changes, [&](const Change& change) {
    const KnobDescription& knob = *recipe.find(knobs_[change.knob].name);
    return knob.acts || same_value(knob.value, knob.standard);
  });
}

/// The values of a knob that meet a need, the nearest to its present one first.
std::vector<std::string> SearchSpace::companion_values(const KnobNeed& need) const {
  const KnobDescription& knob = *recipe_.find(need.knob);
  std::vector<std::string> all = knob.tries;
  for (const KnobChoice& choice : knob.choices) all.push_back(choice.value);
  if (knob.number())
    std::ranges::sort(all, {}, [](const std::string& value) { return *number_of(value); });
  const auto place = [&](const std::string& value) {
    return std::ranges::find_if(all, [&](const auto& other) { return same_value(other, value); }) -
           all.begin();
  };
  const auto current = place(knob.value);
  std::vector<std::string> values;
  for (const std::string& value : all) {
    const bool meets = holds_value(need.values, value) == need.is;
    if (meets && may_try(knob, value, most_steps_)) values.push_back(value);
  }
  std::ranges::stable_sort(values, {},
                           [&](const auto& value) { return std::abs(place(value) - current); });
  return values;
}

/// With the companion of which the fewest knobs differ from this recipe's; the first of a list
/// where several do.
std::optional<RecipeDescription> SearchSpace::with_companion(const RecipeDescription& recipe,
                                                             const Changes& changes) const {
  const auto idle =
      std::ranges::find_if(changes, [&](const Change& c) { return !act(recipe, {c}); });
  std::optional<RecipeDescription> best;
  size_t fewest = std::numeric_limits<size_t>::max();
  for (const KnobWay& way : recipe.find(knobs_[idle->knob].name)->ways) {
    for (const KnobNeed& need : way.all) {
      const auto is_it = [&](const Change& c) { return knobs_[c.knob].name == need.knob; };
      if (std::ranges::any_of(changes, is_it)) continue;
      for (const std::string& value : companion_values(need)) {
        RecipeDescription candidate = recipe;
        KnobDescription& companion = *candidate.find(need.knob);
        companion.value = value;
        candidate.settle();
        const bool idles = !companion.acts && !same_value(companion.value, companion.standard);
        if (idles || !act(candidate, changes)) continue;
        drop_idle_overrides(candidate);
        const size_t differing = changed(candidate).size();
        if (differing < fewest) best = std::move(candidate);
        fewest = std::min(fewest, differing);
      }
    }
  }
  return best;
}

std::string SearchSpace::source(const RecipeDescription& recipe) const {
  std::string source = source_;
  for (const auto& [name, value] : changed(recipe)) {
    source = set_override(std::move(source), *recipe_.find(name), value);
  }
  return source;
}

KnobValues SearchSpace::changed(const RecipeDescription& recipe) const {
  KnobValues changed;
  for (size_t i = 0; i < recipe.knobs.size(); ++i) {
    const KnobDescription& knob = recipe.knobs[i];
    if (!same_value(knob.value, lean_.knobs[i].value)) changed.emplace_back(knob.name, knob.value);
  }
  return changed;
}

std::string SearchSpace::describe(const RecipeDescription& recipe) const {
  std::string text;
  for (const auto& [name, value] : changed(recipe)) {
    text += fmt::format("{}{}: {} -> {}", text.empty() ? "" : ", ", name, recipe_.find(name)->value,
                        value);
  }
  return text;
}

}  // namespace tern::loop
