#pragma once

#include <cstddef>
#include <string>

#include "loop/record/history.h"
#include "tern/contract/knob_description.h"
#include "tern/lab_files/lab.h"

// Parts of a brief, each a section of Markdown, or empty: brief_history.cc, brief_data.cc and
// brief_knobs.cc make them.

namespace tern::loop {

// From the history.

/// The last experiments as a table: number, status, val_ppl, difference to the incumbent of then,
/// what changed, and how it ended where that may be told.
std::string results_part(const History& history, size_t last);

/// What was dropped though it was no worse than by sigma, the best first.
std::string near_misses_part(const History& history, double sigma);

/// Knobs, and ways to come to a change, that were tried several times and never kept.
std::string dead_ends_part(const History& history);

/// What the builtin proposer goes by: for the knobs that matter most, the values tried, with the
/// mean perplexity of all experiments that had them.
std::string search_state_part(const History& history);

// From files which recipes wrote: capped and fenced, since nobody has read them.

/// The shares of -1, 0, +1 in each layer of the incumbent at its last evaluation.
std::string layers_part(const Lab& lab, const History& history);

/// The end of the log of the last crash or timeout among the last experiments.
std::string crash_part(const Lab& lab, const History& history);

// From what the recipe says of itself.

/// The part of a brief that lists the recipe's knobs, one a line: name, value, values to try,
/// meaning, and where a knob has no effect now, what it needs. Says how a value is set.
std::string knobs_part(const RecipeDescription& recipe);

}  // namespace tern::loop
