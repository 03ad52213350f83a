#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tern {

// What becomes of folders in which an unread program wrote, once it has ended. Nothing here throws,
// follows a link or goes deeper than a program can: folders without any rights, very deep ones,
// pipes and names of any bytes are all the same.

/// Removes a file, a link, or a folder with all in it. True when nothing is left of it.
bool remove_tree(const std::filesystem::path& path) noexcept;

/// Removes all of a folder but its plain files of these names, each cut to `most_bytes`, and its
/// folders whose names end in '/' in the list. True when nothing else is left.
bool keep_only(const std::filesystem::path& folder, const std::vector<std::string>& names,
               int64_t most_bytes) noexcept;

/// Gives the owner's rights back to a folder. False where there is no folder of that name.
bool make_accessible(const std::filesystem::path& folder) noexcept;

}  // namespace tern
