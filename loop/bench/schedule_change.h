#pragma once

#include <string_view>

namespace tern {

/// True when two recipes differ in a line that speaks of a schedule (learning rate, lambda,
/// warm-up, length of the run): their training curves may cross late, so an early look misleads.
bool changes_schedule(std::string_view before, std::string_view after);

}  // namespace tern
