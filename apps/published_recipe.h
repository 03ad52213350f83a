#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace tern {

/// Values for several fields of the recipe: lab/recipes/<name>.toml, or a preset's recipe.toml.
struct PublishedRecipe {
  std::string name;
  std::string summary;                                      // one line
  std::string source;                                       // paper or program
  std::vector<std::pair<std::string, std::string>> fields;  // as flags would give them

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
