#include "apps/knob_table.h"

#include <fmt/core.h>

#include "tern/base/flags.h"
#include "tern/base/text.h"
#include "tern/contract/knob_words.h"

namespace tern {
namespace {

std::string told(const std::string& meaning, const std::string& source) {
  return source.empty() ? meaning : fmt::format("{} [{}]", meaning, source);
}

std::string entry_of(const KnobDescription& knob) {
  std::string out = fmt::format("{} {}", flag_name(knob.name), knob.value);
  if (!same_value(knob.value, knob.standard)) out += fmt::format(" (Tern's: {})", knob.standard);
  if (!knob.tries.empty()) out += "   try: " + joined(knob.tries);
  out += fmt::format("\n    {}\n", told(knob.meaning, knob.source));
  if (!knob.ways.empty()) {
    out += fmt::format("    acts {}with {}\n", knob.acts ? "" : "only ", needs_in_words(knob));
  }
  for (const KnobChoice& choice : knob.choices) {
    out += fmt::format("      {:<16} {}\n", choice.value, told(choice.meaning, choice.source));
  }
  return out;
}

}  // namespace

std::string knob_table(const RecipeDescription& recipe,
                       const std::vector<PublishedRecipe>& published) {
  std::string out;
  for (const KnobDescription& knob : recipe.knobs) out += entry_of(knob);
  out += "\nPublished recipes, for --recipe:\n";
  for (const PublishedRecipe& other : published) {
    out += fmt::format("{:<14} {} [{}]\n    {}\n", other.name, other.summary, other.source,
                       joined(other.flags()));
  }
  return out;
}

KnobsAnswer knobs_answer(const RecipeDescription& recipe,
                         const std::vector<PublishedRecipe>& published) {
  KnobsAnswer answer = {.knobs = recipe.knobs};
  for (const PublishedRecipe& other : published) {
    PublishedRecipeAnswer& told = answer.recipes.emplace_back();
    told = {.name = other.name, .summary = other.summary, .source = other.source};
    for (const auto& [knob, value] : other.values) told.values.set(knob, value);
  }
  return answer;
}

}  // namespace tern
