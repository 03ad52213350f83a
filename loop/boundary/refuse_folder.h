#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tern::loop {

/// Why the work folder of a proposer may not be taken, in one sentence; empty when it may.
/// `pristine` is an untouched copy of what it was given: apart from train.cpp nothing may differ,
/// be added, removed or become a link, and train.cpp must be a regular file. Names in `ignored` (of
/// the top level; "name*" stands for all that begin so) are the agent's own litter. git's own
/// folder may change, and nothing of it is to be used.
std::string refuse_folder(const std::filesystem::path& folder,
                          const std::filesystem::path& pristine,
                          const std::vector<std::string>& ignored);

}  // namespace tern::loop
