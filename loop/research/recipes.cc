#include "loop/research/recipes.h"

#include "loop/propose/refuse_recipe.h"
#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/recipe/overrides.h"

namespace tern::loop {
namespace fs = std::filesystem;
namespace {

fs::path description_of(const Lab& lab, int64_t number) {
  return lab.experiment(number) / "description.json";
}

/// What an experiment's program said when it was built; none where that was not kept, or by a
/// version that wrote it otherwise.
std::optional<RecipeDescription> kept_description(const Lab& lab, int64_t number) try {
  return RecipeDescription::parse_untrusted(read_file(description_of(lab, number)));
} catch (const Error&) {
  return std::nullopt;
}

/// What the ledger kept of it: the values alone.
RecipeDescription recorded_values(const Experiment& e) {
  RecipeDescription recipe;
  for (const auto& [name, value] : e.knobs) {
    recipe.knobs.push_back({.name = name, .value = value, .standard = ""});
  }
  return recipe;
}

/// What the same recipe says otherwise than before, in one sentence each.
std::vector<std::string> differences(const RecipeDescription& before,
                                     const RecipeDescription& now) {
  std::vector<std::string> found;
  for (const KnobDescription& old : before.knobs) {
    const KnobDescription* knob = now.find(old.name);
    if (knob == nullptr) {
      found.push_back(fmt::format("there is no knob {} any more", old.name));
    } else if (!old.standard.empty() && !same_value(knob->standard, old.standard)) {
      found.push_back(
          fmt::format("Tern's own {} is {} now, it was {} when the incumbent was measured",
                      old.name, knob->standard, old.standard));
    } else if (!same_value(knob->value, old.value)) {
      found.push_back(fmt::format("the incumbent's {} is {} now, it was {} when it was measured",
                                  old.name, knob->value, old.value));
    }
  }
  return found;
}

Json knobs_of(const RecipeDescription& recipe) {
  Json knobs = Json::object();
  for (const KnobDescription& knob : recipe.knobs) knobs.set(knob.name, knob.value);
  return knobs;
}

}  // namespace

void Recipes::require_overrides() const {
  const std::string& tip = context_.history().tip();
  const fs::path recipe = context_.lab.recipe();
  if (tip.empty() && !fs::exists(recipe)) return;
  tern::require_overrides(tip.empty() ? read_file(recipe) : context_.branch.recipe_at(tip));
}

DescribedRecipe Recipes::describe(int64_t number) const {
  context_.wait_for_room();
  return context_.bench.describe(number, context_.source_of(context_.history().at(number)));
}

const RecipeDescription& Recipes::incumbent() {
  const int64_t number = context_.history().incumbent()->number;
  if (described_ == number) return recipe_;
  DescribedRecipe described = describe(number);
  check(described.refusal.empty() || !context_.stopped(),
        "stopped while the incumbent, {:04}, was built; nothing is lost, start again to go on",
        number);
  check(described.refusal.empty(),
        "the incumbent, {:04}, ran and does not describe its knobs now: {}", number,
        described.refusal);
  recipe_ = std::move(described.recipe);
  described_ = number;
  return recipe_;
}

void Recipes::look_for_new_standards(bool measured_anew) {
  const Experiment* e = context_.history().incumbent();
  if (e == nullptr) return;
  const RecipeDescription& now = incumbent();
  const std::optional<RecipeDescription> before = kept_description(context_.lab, e->number);
  const std::vector<std::string> found = differences(before ? *before : recorded_values(*e), now);
  for (const std::string& sentence : found) context_.say(sentence);
  if (!found.empty() && !measured_anew) {
    context_.say("earlier runs cannot be compared with, the incumbent is measured anew");
    context_.record(event::Drift{.reason = found.front()});
  }
  if (!found.empty() || !before) keep(e->number, {now, ""}, "");
}

void Recipes::keep(int64_t number, const DescribedRecipe& described,
                   const std::string& refusal) const {
  const std::string source = context_.source_of(context_.history().at(number));
  const fs::path path = description_of(context_.lab, number);
  fs::create_directories(path.parent_path());
  write_file_atomically(path, described.recipe.to_text());
  context_.record(
      event::Described{.experiment = number,
                       .knobs = knobs_of(described.recipe),
                       .recipe = refusal.empty() ? recipe_hash(described.recipe, source) : "",
                       .refusal = refusal});
}

Hearing Recipes::hear(int64_t number) {
  const Experiment& e = context_.history().at(number);
  if (!e.recipe.empty()) return {};  // it was asked before the loop was killed
  const auto pause = [&] { context_.record(event::Paused{.experiment = number}); };
  DescribedRecipe described;
  try {
    described = describe(number);
  } catch (const Error&) {
    pause();
    throw;
  }
  if (!described.refusal.empty()) {
    if (!context_.stopped()) {
      const Status status = described.timed_out ? Status::kTimeout : Status::kCrash;
      return {Hearing::Kind::kRefused, status, described.refusal};
    }
    pause();
    return {.kind = Hearing::Kind::kStopped};
  }
  std::string refusal;
  if (e.base != 0) {
    const std::string source = context_.source_of(e);
    const std::string rival = context_.source_of(context_.history().at(e.base));
    refusal = refuse_recipe({described.recipe, source}, e.intended, {incumbent(), rival},
                            context_.history());
  }
  keep(number, described, refusal);
  if (refusal.empty()) return {};
  return {Hearing::Kind::kRefused, Status::kRejected, refusal};
}

}  // namespace tern::loop
