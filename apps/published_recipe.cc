#include "apps/published_recipe.h"

#include <algorithm>

#include "tern/base/error.h"
#include "tern/base/flags.h"
#include "tern/base/home.h"
#include "tern/base/toml.h"

namespace tern {
namespace fs = std::filesystem;

RecipeValues recipe_values(const Json& table) {
  RecipeValues values;
  for (const auto& [knob, value] : table.members()) {
    values.emplace_back(knob, value.is_string() ? value.as_string() : value.dump());
  }
  return values;
}

PublishedRecipe PublishedRecipe::read(const fs::path& file) {
  const Json toml = read_toml(file);
  PublishedRecipe recipe;
  recipe.name = file.stem().string();
  recipe.summary = toml.get("summary", "");
  recipe.source = toml.get("source", "");
  recipe.values = recipe_values(toml.at("recipe"));
  return recipe;
}

PublishedRecipe PublishedRecipe::find(const fs::path& folder, const std::string& name) {
  const fs::path file = folder / (name + ".toml");
  if (fs::exists(file)) return read(file);
  std::vector<std::string> names;
  for (const PublishedRecipe& recipe : published_recipes(folder)) names.push_back(recipe.name);
  fail("there is no recipe \"{}\"; {}", name, name_hint(name, names));
}

std::vector<std::string> PublishedRecipe::flags() const {
  std::vector<std::string> out;
  for (const auto& [knob, value] : values) {
    if (value == "true" || value == "false") {
      out.push_back(value == "true" ? flag_name(knob) : "--no-" + flag_name(knob).substr(2));
    } else {
      out.insert(out.end(), {flag_name(knob), value});
    }
  }
  return out;
}

std::vector<PublishedRecipe> published_recipes(const fs::path& folder) {
  std::vector<PublishedRecipe> all;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".toml") all.push_back(PublishedRecipe::read(entry.path()));
  }
  std::ranges::sort(all, {}, &PublishedRecipe::name);
  return all;
}

fs::path recipes_folder() { return tern_home() / "share" / "tern" / "lab" / "recipes"; }

}  // namespace tern
