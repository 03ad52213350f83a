#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "loop/history.h"

namespace tern {

inline constexpr int64_t kLargestRecipe = 200 * 1024;  // bytes of a train.cpp

/// The text without comments, blanks and empty lines, with strings and character literals as they
/// are: two texts with the same form are the same program.
std::string normalized_program(std::string_view source);
/// A hash of normalized_program().
std::string program_hash(std::string_view source);
/// The lines of normalized code, those of comments and blanks not counted.
int64_t code_lines(std::string_view source);
/// One that is the same for two recipes that differ in the default of `seed` alone.
std::string program_hash_without_seed(std::string_view source);

/// Why this text may not replace the incumbent's train.cpp, in one sentence; empty when it may. The
/// same program as the incumbent's or as any tried one, another seed alone, or too large a file.
std::string refuse_change(std::string_view source, std::string_view incumbent,
                          const History& history);

/// Why the work folder of a proposer may not be taken, in one sentence; empty when it may.
/// `pristine` is an untouched copy of what it was given: apart from train.cpp nothing may differ,
/// be added, removed or become a link, and train.cpp must be a regular file. Names in `ignored` (of
/// the top level) are the agent's own litter.
std::string refuse_folder(const std::filesystem::path& folder,
                          const std::filesystem::path& pristine,
                          const std::vector<std::string>& ignored);

}  // namespace tern
