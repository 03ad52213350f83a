#include "loop/propose/refuse_recipe.h"

#include <fmt/core.h>

#include "loop/boundary/program_text.h"
#include "tern/base/sha256.h"
#include "tern/recipe/overrides.h"

namespace tern::loop {
namespace {

constexpr std::string_view kSeed = "seed";

/// One spelling of a value.
std::string plain(const std::string& value) {
  const std::optional<double> number = number_of(value);
  return number ? fmt::format("{:.9g}", *number) : value;
}

std::string seed_of(const RecipeDescription& recipe) {
  const KnobDescription* seed = recipe.find(kSeed);
  return seed == nullptr ? "" : seed->value;
}

/// What is left of a recipe besides its values. A seed is a value also where its member's own
/// default was edited.
std::string program_besides_values(const RecipeDescription& recipe, std::string_view source) {
  std::string program = normalized_program(without_overrides(source));
  const std::string seed = fmt::format("{}={};", kSeed, seed_of(recipe));
  for (size_t at = 0; (at = program.find(seed, at)) != program.npos; at += kSeed.size()) {
    program.replace(at, seed.size(), fmt::format("{};", kSeed));
  }
  return program;
}

std::string refuse_unintended(const RecipeDescription& recipe, const KnobValues& intended) {
  for (const auto& [name, value] : intended) {
    const KnobDescription* knob = recipe.find(name);
    if (knob == nullptr) {
      return fmt::format("{} was to become {}, and the built recipe has no such knob", name, value);
    }
    if (!same_value(knob->value, value)) {
      return fmt::format(
          "{} was to become {}, and the built recipe says that it is {}: something else in "
          "train.cpp sets it",
          name, value, knob->value);
    }
  }
  return "";
}

}  // namespace

std::string values_key(const RecipeDescription& recipe) {
  std::string key;
  for (const KnobDescription& knob : recipe.knobs) {
    if (knob.acts && knob.name != kSeed) key += knob.name + '=' + plain(knob.value) + '\n';
  }
  return key;
}

std::string recipe_hash(const RecipeDescription& recipe, std::string_view source) {
  return sha256_of(values_key(recipe) + '\n' + program_besides_values(recipe, source));
}

std::string refuse_recipe(const BuiltRecipe& built, const KnobValues& intended,
                          const BuiltRecipe& incumbent, const History& history) {
  if (std::string why = refuse_unintended(built.recipe, intended); !why.empty()) return why;
  const std::string hash = recipe_hash(built.recipe, built.source);
  if (hash == recipe_hash(incumbent.recipe, incumbent.source)) {
    if (!same_value(seed_of(built.recipe), seed_of(incumbent.recipe))) {
      return "only the seed changed, and luck is no improvement; change what the program does";
    }
    return "every knob that acts has the incumbent's value, and the rest of train.cpp is the same "
           "program; change what the program does";
  }
  const Experiment* e = history.with_recipe(hash);
  if (e == nullptr) return "";
  return fmt::format(
      "experiment {} tried this very recipe, written otherwise ({}: {}); change something else",
      e->number, name_of(e->status), e->description);
}

}  // namespace tern::loop
