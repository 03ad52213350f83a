#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "loop/propose/search_space.h"
#include "loop/record/history.h"

namespace tern::loop {

/// An experiment as a point of the incumbent's search space.
struct Trial {
  const Experiment* experiment;
  /// By knob; none where its recipe had no such knob.
  std::vector<std::optional<std::string>> values;
  std::vector<bool> acts;  // by knob, beside the values of the others
  /// What it changed of the recipe it was based on.
  Changes changes;
  /// ln(perplexity) won over the baseline, by the gains along the way; none when it failed.
  std::optional<double> level;
};

/// All experiments with an end, but for those that were refused before they ran.
std::vector<Trial> trials_of(const History& history, const SearchSpace& space);

/// values_key() of all recipes that have been tried with the incumbent's code, that is, which
/// differ from it by knobs alone. The same knobs in a program that an agent rewrote are another
/// try.
std::set<std::string> tried_keys(const History& history, const SearchSpace& space);

}  // namespace tern::loop
