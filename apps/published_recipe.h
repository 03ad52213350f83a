#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace tern {

class Json;

/// Knobs of the recipe and their values, as flags would give them.
using RecipeValues = std::vector<std::pair<std::string, std::string>>;

/// The knobs of a TOML table such as [recipe].
RecipeValues recipe_values(const Json& table);
/// Values for several knobs of the recipe: lab/recipes/<name>.toml.
struct PublishedRecipe {
  std::string name;
  std::string summary;  // one line
  std::string source;   // paper or program
  RecipeValues values;

  static PublishedRecipe read(const std::filesystem::path& file);
  /// The recipe of that name in `folder`; throws an Error that names the nearest one.
  static PublishedRecipe find(const std::filesystem::path& folder, const std::string& name);
  std::vector<std::string> flags() const;
};

/// All of a folder, by name.
std::vector<PublishedRecipe> published_recipes(const std::filesystem::path& folder);

/// Where Tern keeps them.
std::filesystem::path recipes_folder();

}  // namespace tern
