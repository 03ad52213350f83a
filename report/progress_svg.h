#pragma once

#include <string>

#include "report/summary.h"

namespace tern {

/// The staircase of the best perplexity over all experiments, with every try as a point: a picture
/// for a README, where no script runs. Readable on light and on dark ground.
std::string progress_svg(const std::string& title, const loop::History& history,
                         const Summary& summary);

}  // namespace tern
