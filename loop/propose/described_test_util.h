#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tern/contract/knob_description.h"
#include "tern/recipe/overrides.h"

namespace tern::loop {

/// For tests: a knob as a recipe might describe it, with Tern's own value.
inline KnobDescription made_up_knob(const std::string& name, const std::string& type,
                                    const std::string& standard,
                                    std::vector<std::string> tries = {},
                                    std::vector<KnobWay> ways = {}) {
  KnobDescription knob;
  knob.name = knob.path = name;
  knob.type = type;
  knob.value = knob.standard = standard;
  knob.tries = std::move(tries);
  knob.ways = std::move(ways);
  return knob;
}

/// A need of one other knob.
inline KnobWay beside(const std::string& knob, std::vector<std::string> values, bool is = true) {
  return {{{knob, is, std::move(values)}}};
}

/// What a recipe with these knobs says of itself when its text has these overrides.
inline RecipeDescription made_up_description(std::vector<KnobDescription> knobs,
                                             std::string_view source) {
  RecipeDescription recipe{.knobs = std::move(knobs)};
  for (const auto& [path, value] : overrides_in(source)) {
    for (KnobDescription& knob : recipe.knobs) {
      if (knob.path == path) knob.value = value;
    }
  }
  recipe.settle();
  return recipe;
}

/// A recipe's text with these lines as its overrides.
inline std::string made_up_recipe(const std::string& overrides = "") {
  return "void overrides() {\n  // overrides begin\n" + overrides + "  // overrides end\n}\n";
}

}  // namespace tern::loop
