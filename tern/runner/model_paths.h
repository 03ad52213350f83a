#pragma once

#include <filesystem>
#include <vector>

namespace tern {

/// What a program must be let read to read a model: its folder, and what the links in it stand for.
/// In the hub's cache every file of a model is a link into another folder.
std::vector<std::filesystem::path> model_paths(const std::filesystem::path& folder);

}  // namespace tern
