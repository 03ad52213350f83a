// The part of Research that hears what built recipes say of their knobs.

#include "loop/boundary/refuse_recipe.h"
#include "loop/research.h"
#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/recipe/overrides.h"

namespace tern {
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

/// A recipe of a Tern whose harness read the fields of `struct Recipe` does not describe itself.
void Research::require_overrides() const {
  const bool begun = !history().tip().empty();
  if (!begun && !fs::exists(parts_.lab.recipe())) return;
  const std::string source =
      begun ? parts_.branch.recipe_at(history().tip()) : read_file(parts_.lab.recipe());
  tern::require_overrides(source);
}

DescribedRecipe Research::describe(int64_t number) const {
  return parts_.bench.describe(number, parts_.branch.recipe_at(history().at(number).commit));
}

const RecipeDescription& Research::incumbent_recipe() {
  const int64_t number = history().incumbent()->number;
  if (described_ == number) return recipe_;
  DescribedRecipe described = describe(number);
  check(described.refusal.empty() || stops() < 2,
        "stopped while the incumbent, {:04}, was built; nothing is lost, start again to go on",
        number);
  check(described.refusal.empty(),
        "the incumbent, {:04}, ran and does not describe its knobs now: {}", number,
        described.refusal);
  recipe_ = std::move(described.recipe);
  described_ = number;
  return recipe_;
}

/// A new version of Tern may give a knob that the incumbent leaves alone another value of its own.
void Research::look_for_new_standards(bool measured_anew) {
  if (history().incumbent() == nullptr) return;
  const int64_t number = history().incumbent()->number;
  const RecipeDescription& now = incumbent_recipe();
  const std::optional<RecipeDescription> before = kept_description(parts_.lab, number);
  const std::vector<std::string> found =
      differences(before ? *before : recorded_values(*history().incumbent()), now);
  for (const std::string& sentence : found) say(sentence);
  if (!found.empty() && !measured_anew) {
    say("earlier runs cannot be compared with, the incumbent is measured anew");
    record(event::Drift{.reason = found.front()});
  }
  if (!found.empty() || !before) record_description(number, {now, ""}, "");
}

void Research::record_description(int64_t number, const DescribedRecipe& described,
                                  const std::string& refusal) {
  const std::string source = parts_.branch.recipe_at(history().at(number).commit);
  const fs::path path = description_of(parts_.lab, number);
  fs::create_directories(path.parent_path());
  write_file_atomically(path, described.recipe.to_text());
  record(event::Described{.experiment = number,
                          .knobs = knobs_of(described.recipe),
                          .recipe = refusal.empty() ? recipe_hash(described.recipe, source) : "",
                          .refusal = refusal});
}

/// Builds an experiment's recipe and hears what it says of itself; false when it is not to run,
/// with its end recorded unless the user stopped it.
bool Research::may_run(int64_t number) {
  const Experiment& e = history().at(number);
  if (!e.recipe.empty()) return true;  // it was asked before the loop was killed
  const auto pause = [&] { record(event::Paused{.experiment = number}); };
  DescribedRecipe described;
  try {
    described = describe(number);
  } catch (const Error&) {
    pause();
    throw;
  }
  if (!described.refusal.empty()) {
    if (stops() > 1) {
      pause();
      return false;
    }
    end(number, Status::kCrash, {.reason = described.refusal});
    check(e.base != 0,
          "the baseline has to run before anything can be compared with it, and it does not: {}",
          described.refusal);
    return false;
  }
  std::string refusal;
  if (e.base != 0) {
    const std::string source = parts_.branch.recipe_at(e.commit);
    const std::string rival = parts_.branch.recipe_at(history().at(e.base).commit);
    refusal = refuse_recipe({described.recipe, source}, e.intended, {incumbent_recipe(), rival},
                            history());
  }
  record_description(number, described, refusal);
  if (refusal.empty()) return true;
  end(number, Status::kRejected, {.reason = refusal});
  return false;
}

}  // namespace tern
