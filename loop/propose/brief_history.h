#pragma once

#include <cstddef>
#include <string>

#include "loop/record/history.h"

namespace tern::loop {

// Parts of a brief that come from the history; each is a section of Markdown, or empty.

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

}  // namespace tern::loop
