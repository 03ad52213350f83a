#pragma once

#include <string>
#include <vector>

#include "apps/answers.h"
#include "apps/published_recipe.h"
#include "tern/contract/knob_description.h"

namespace tern {

/// Every knob of a recipe with its value, the values to try, what it means, where that comes from
/// and what it needs to act, then the published recipes: what `tern train --list-arms` prints.
std::string knob_table(const RecipeDescription& recipe,
                       const std::vector<PublishedRecipe>& published);

/// The same for programs.
KnobsAnswer knobs_answer(const RecipeDescription& recipe,
                         const std::vector<PublishedRecipe>& published);

}  // namespace tern
