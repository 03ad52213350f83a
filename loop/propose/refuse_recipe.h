#pragma once

#include <string>
#include <string_view>

#include "loop/record/history.h"
#include "tern/contract/knob_description.h"

namespace tern::loop {

/// Identifies the values of a recipe: those of all knobs that act, but for the seed; by number
/// where they are numbers, so that 1e-3 is 0.001.
std::string values_key(const RecipeDescription& recipe);

/// A hash that is the same for two recipes that do the same but for their seed: the same values of
/// the knobs that act, and the same program besides.
std::string recipe_hash(const RecipeDescription& recipe, std::string_view source);

/// A recipe that was built, and what its program says of itself.
struct BuiltRecipe {
  const RecipeDescription& recipe;
  std::string_view source;
};

/// Why a built recipe may not run, in one sentence; empty when it may: it has not the values that
/// its proposer intended, or does what the incumbent or a tried recipe did.
std::string refuse_recipe(const BuiltRecipe& built, const KnobValues& intended,
                          const BuiltRecipe& incumbent, const History& history);

}  // namespace tern::loop
