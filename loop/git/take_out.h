#pragma once

#include <optional>
#include <string>

namespace tern::loop {

/// The recipe `now` without the change that made `after` of `before`: its overrides get back the
/// values that they had, and the rest is merged by lines. Empty where later changes stand on it: an
/// override has got another value since, or the lines about it were changed.
std::optional<std::string> take_out(const std::string& now, const std::string& before,
                                    const std::string& after);

}  // namespace tern::loop
