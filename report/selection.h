#pragma once

#include <set>
#include <vector>

#include "loop/record/history.h"

namespace tern {

/// The experiments whose training curves a report shows: the baseline, the last kept ones, the best
/// and the latest, and those that they are compared with, so that a report of thousands stays
/// small.
std::set<int64_t> experiments_with_curves(const loop::History& history);

/// The runs of such an experiment whose curves are shown: the first that were scored, at least one
/// where there is any run.
std::vector<const loop::RunRecord*> runs_with_curves(const loop::Experiment& experiment);

}  // namespace tern
