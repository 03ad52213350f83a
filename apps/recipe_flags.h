#pragma once

#include <string>
#include <vector>

#include "tern/contract/knob_description.h"
#include "tern/lab_files/lab.h"

namespace tern {

/// The flags of a recipe with the length of the run in front: lab.toml's budget, unless they say
/// themselves how long to train.
std::vector<std::string> with_budget(const BudgetConfig& budget,
                                     const std::vector<std::string>& flags);

/// The flags with more behind, of which the last one counts. A length of the run that is among
/// these is the only one.
std::vector<std::string> with_more(std::vector<std::string> flags,
                                   const std::vector<std::string>& more);

/// Throws an Error at a flag of the recipe's program that `tern train` itself sets.
void refuse_harness_flags(const std::vector<std::string>& flags);

/// The knobs whose values differ, each with both, in a phrase for a sentence; empty when none does.
std::string changed_values(const RecipeDescription& before, const RecipeDescription& now);

}  // namespace tern
