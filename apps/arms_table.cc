#include "apps/arms_table.h"

#include <fmt/core.h>

#include <algorithm>

#include "tern/base/flags.h"
#include "tern/base/joined.h"

namespace tern {
namespace {

std::string told(const Arm& arm) {
  return arm.source.empty() ? arm.meaning : fmt::format("{} [{}]", arm.meaning, arm.source);
}

std::vector<Arm> arms_of(const std::string& field, const std::vector<Arm>& arms) {
  std::vector<Arm> own;
  std::ranges::copy_if(arms, std::back_inserter(own),
                       [&](const Arm& arm) { return arm.field == field; });
  return own;
}

}  // namespace

std::string arms_table(const std::vector<RecipeField>& fields, const std::vector<Arm>& arms,
                       const std::vector<PublishedRecipe>& recipes) {
  std::string out;
  for (const RecipeField& field : fields) {
    out += fmt::format("{} {}", flag_name(field.name), field.value);
    if (!field.values.empty()) out += "   try: " + joined(field.values);
    out += '\n';
    for (const Arm& arm : arms_of(field.name, arms)) {
      if (!arm.needs.empty()) out += fmt::format("    acts with {}\n", arm.needs);
      out += arm.value.empty() ? fmt::format("    {}\n", told(arm))
                               : fmt::format("      {:<16} {}\n", arm.value, told(arm));
    }
  }
  out += "\nPublished recipes, for --recipe:\n";
  for (const PublishedRecipe& recipe : recipes) {
    out += fmt::format("{:<14} {} [{}]\n    {}\n", recipe.name, recipe.summary, recipe.source,
                       joined(recipe.flags()));
  }
  return out;
}

Json arms_json(const std::vector<RecipeField>& fields, const std::vector<Arm>& arms,
               const std::vector<PublishedRecipe>& recipes) {
  Json all_fields = Json::array();
  for (const RecipeField& field : fields) {
    Json json = Json::object();
    json.set("field", field.name);
    json.set("default", field.value);
    Json values = Json::array(), meanings = Json::array();
    for (const std::string& value : field.values) values.push_back(value);
    json.set("try", values);
    for (const Arm& arm : arms_of(field.name, arms)) {
      meanings.push_back(Json::Object{{"value", arm.value},
                                      {"meaning", arm.meaning},
                                      {"source", arm.source},
                                      {"needs", arm.needs}});
    }
    json.set("arms", meanings);
    all_fields.push_back(json);
  }
  Json all_recipes = Json::array();
  for (const PublishedRecipe& recipe : recipes) {
    Json values = Json::object();
    for (const auto& [field, value] : recipe.fields) values.set(field, value);
    all_recipes.push_back(Json::Object{{"name", recipe.name},
                                       {"summary", recipe.summary},
                                       {"source", recipe.source},
                                       {"fields", values}});
  }
  return Json::Object{{"fields", all_fields}, {"recipes", all_recipes}};
}

}  // namespace tern
