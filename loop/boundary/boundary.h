#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "loop/boundary/program_text.h"
#include "loop/record/history.h"
#include "tern/contract/knob_description.h"

namespace tern {

inline constexpr int64_t kLargestRecipe = 200 * 1024;  // bytes of a train.cpp

/// Why this text may not replace the incumbent's train.cpp, in one sentence; empty when it may. The
/// same program as the incumbent's or as any tried one, another seed alone, too large a file, no
/// text, or one without a place for overrides. `recipe` is what the incumbent says of its knobs.
std::string refuse_change(std::string_view source, std::string_view incumbent,
                          const RecipeDescription& recipe, const History& history);

/// Why the work folder of a proposer may not be taken, in one sentence; empty when it may.
/// `pristine` is an untouched copy of what it was given: apart from train.cpp nothing may differ,
/// be added, removed or become a link, and train.cpp must be a regular file. Names in `ignored` (of
/// the top level; "name*" stands for all that begin so) are the agent's own litter. git's own
/// folder may change, and nothing of it is to be used.
std::string refuse_folder(const std::filesystem::path& folder,
                          const std::filesystem::path& pristine,
                          const std::vector<std::string>& ignored);

}  // namespace tern
