#pragma once

#include <string>
#include <vector>

#include "tern/lab_files/lab.h"

namespace tern {

/// The flags of a recipe with the length of the run in front: lab.toml's budget, unless they say
/// themselves how long to train. Of steps, tokens and seconds the first that is not 0 counts, so
/// what the recipe itself says is set to 0 in either case.
std::vector<std::string> with_budget(const BudgetConfig& budget,
                                     const std::vector<std::string>& flags);

/// True when the flags say how long to train.
bool sets_budget(const std::vector<std::string>& flags);

/// The flags among `given` whose values differ from those in `before`, each with both values, in a
/// phrase for a sentence; empty when there is none.
std::string changed_flags(const std::vector<std::string>& before,
                          const std::vector<std::string>& given);

}  // namespace tern
