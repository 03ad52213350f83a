#pragma once

#include <string>
#include <vector>

#include "apps/published_recipe.h"
#include "tern/base/arms.h"
#include "tern/base/json.h"
#include "tern/recipe/recipe_text.h"

namespace tern {

/// Every field of a recipe with its default, the values to try, what it means and where that comes
/// from, then the published recipes: what `tern train --list-arms` prints.
std::string arms_table(const std::vector<RecipeField>& fields, const std::vector<Arm>& arms,
                       const std::vector<PublishedRecipe>& recipes);

/// The same for programs.
Json arms_json(const std::vector<RecipeField>& fields, const std::vector<Arm>& arms,
               const std::vector<PublishedRecipe>& recipes);

}  // namespace tern
