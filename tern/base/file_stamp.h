#pragma once

#include <filesystem>
#include <string>

namespace tern {

/// Inode, size, and times of change of a file or link, as one word: another word means that
/// somebody touched it. ctime is among them, which no program sets at will. Empty when there is no
/// such file.
std::string file_stamp(const std::filesystem::path& path);

/// False for a file that was changed just now: the clock of files ticks in milliseconds, so one
/// more change could leave its stamp as it is.
bool stamp_is_settled(const std::filesystem::path& path);

}  // namespace tern
