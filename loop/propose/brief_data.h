#pragma once

#include <string>

#include "loop/record/history.h"
#include "tern/lab_files/lab.h"

namespace tern::loop {

// Parts of a brief that come from files which recipes wrote: capped and fenced, since nobody has
// read them. Each is a section of Markdown, or empty.

/// The shares of -1, 0, +1 in each layer of the incumbent at its last evaluation.
std::string layers_part(const Lab& lab, const History& history);

/// The end of the log of the last crash or timeout among the last experiments.
std::string crash_part(const Lab& lab, const History& history);

}  // namespace tern::loop
