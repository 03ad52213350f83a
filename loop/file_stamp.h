#pragma once

#include <filesystem>
#include <string>

namespace tern {

/// Inode, size, and times of change of a file or link, as one word: another word means that
/// somebody touched it. ctime is among them, which no program sets at will. Empty when there is no
/// such file.
std::string file_stamp(const std::filesystem::path& path);

}  // namespace tern
