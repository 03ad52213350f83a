#pragma once

#include <string_view>

namespace tern {

/// True when two recipes differ in a line that speaks of a schedule (learning rate, lambda,
/// warm-up, length of the run) or of what is added to the loss: their training curves may cross
/// late, or cannot be compared at all, so an early look misleads.
bool changes_schedule(std::string_view before, std::string_view after);

}  // namespace tern
