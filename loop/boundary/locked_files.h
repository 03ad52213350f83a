#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tern::loop {

/// Files that nothing may change while the loop runs: their hashes, taken once, and checked before
/// and after each run. A file is read again only when its size, inode, or time of change (ctime,
/// which no program sets at will) moved, so a check costs microseconds.
class LockedFiles {
 public:
  /// Folders stand for all files below them. A link is followed to its file, and is itself locked.
  /// Throws when one cannot be read.
  explicit LockedFiles(const std::vector<std::filesystem::path>& paths);

  /// What changed since, in one sentence that names the first such file; empty when nothing did.
  /// Files that came into or went from a locked folder count.
  std::string changed() const;
  /// One hash over all names and contents, the same wherever the paths lie.
  std::string digest() const;

 private:
  std::string changed_file(const std::filesystem::path& file) const;

  std::vector<std::filesystem::path> paths_;
  std::map<std::filesystem::path, std::string> hashes_;
  /// Empty for a file that must be read again, whatever its stamp.
  mutable std::map<std::filesystem::path, std::string> stamps_;
};

}  // namespace tern::loop
