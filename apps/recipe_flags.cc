#include "apps/recipe_flags.h"

#include <fmt/core.h>

#include <algorithm>

#include "tern/base/error.h"
#include "tern/base/flags.h"
#include "tern/contract/recipe_environment.h"

namespace tern {
namespace {

/// True when the flags say how long to train.
bool set_length(const std::vector<std::string>& flags) {
  return std::ranges::any_of(flags, [](const std::string& word) {
    const std::string name = word.substr(0, word.find('='));
    return name == "--steps" || name == "--tokens" || name == "--time-budget";
  });
}

}  // namespace

std::vector<std::string> with_budget(const BudgetConfig& budget,
                                     const std::vector<std::string>& flags) {
  return with_more(set_length(flags) ? std::vector<std::string>() : budget.flags(), flags);
}

std::vector<std::string> with_more(std::vector<std::string> flags,
                                   const std::vector<std::string>& more) {
  // Of steps, tokens and seconds the first that is not 0 counts, whoever set it.
  if (set_length(more)) flags.insert(flags.end(), {"--steps", "0", "--tokens", "0"});
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

void refuse_harness_flags(const std::vector<std::string>& flags) {
  for (const std::string& word : flags) {
    const std::string given = word.substr(0, word.find('='));
    for (const std::string_view name : kHarnessFlags) {
      const std::string on = flag_name(name), off = "--no-" + on.substr(2);
      check(given != on && given != off, "{} is set by `tern train` itself; leave it out", given);
    }
  }
}

std::string changed_values(const RecipeDescription& before, const RecipeDescription& now) {
  std::string changes;
  for (const KnobDescription& knob : now.knobs) {
    const KnobDescription* old = before.find(knob.name);
    if (old == nullptr || same_value(old->value, knob.value)) continue;
    changes += fmt::format("{}{} {} (before: {})", changes.empty() ? "" : ", ",
                           flag_name(knob.name), knob.value, old->value);
  }
  return changes;
}

}  // namespace tern
