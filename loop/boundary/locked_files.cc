#include "loop/boundary/locked_files.h"

#include <set>

#include "tern/base/error.h"
#include "tern/base/file_stamp.h"
#include "tern/base/sha256.h"

namespace tern::loop {
namespace fs = std::filesystem;
namespace {

/// Adds a file, or the files below a folder. Links to folders are followed where they were named
/// as locked themselves, and stand for themselves further down, where they could lead in a circle.
void list(const fs::path& path, bool named, std::set<fs::path>& files) {
  const bool link = fs::is_symlink(path), folder = fs::is_directory(path);
  if (link || !folder) files.insert(path);
  if (!folder || (link && !named)) return;
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
    list(entry.path(), /*named=*/false, files);
  }
}

std::set<fs::path> files_of(const std::vector<fs::path>& paths) {
  std::set<fs::path> files;
  for (const fs::path& path : paths) list(path, /*named=*/true, files);
  return files;
}

/// The file behind a link, or the file itself.
fs::path target_of(const fs::path& file) {
  return fs::is_symlink(file) ? fs::canonical(file) : file;
}

/// Empty when a change of the file could still go unseen.
std::string stamp_of(const fs::path& file) {
  const fs::path target = target_of(file);
  if (!stamp_is_settled(file) || !stamp_is_settled(target)) return "";
  return file_stamp(file) + " " + target.string() + " " + file_stamp(target);
}

/// Of the contents behind the name; for a link to a folder of where it leads.
std::string hash_of(const fs::path& file) {
  const fs::path target = target_of(file);
  if (fs::is_directory(target)) return sha256_of(target.string());
  check(fs::is_regular_file(target), "{} is neither a file nor a folder, so it cannot be locked",
        file.string());
  return sha256_of_file(target);
}

}  // namespace

LockedFiles::LockedFiles(const std::vector<fs::path>& paths) : paths_(paths) {
  for (const fs::path& path : paths_) {
    check(fs::exists(path), "{} is not there, and the loop must watch that it does not change",
          path.string());
  }
  for (const fs::path& file : files_of(paths_)) {
    check(fs::exists(file), "{} is a link that leads nowhere; remove it or mend it", file.string());
    stamps_[file] = stamp_of(file);  // before it is read, so that a change meanwhile shows
    hashes_[file] = hash_of(file);
  }
}

std::string LockedFiles::changed_file(const fs::path& file) const {
  const std::string stamp = stamp_of(file);
  std::string& known = stamps_[file];
  if (!stamp.empty() && stamp == known) return "";
  if (hash_of(file) != hashes_.at(file)) return file.string() + " was changed";
  known = stamp;
  return "";
}

std::string LockedFiles::changed() const {
  constexpr const char* kAdvice =
      " while it was locked; put it back as it was, or start again to go on with what is there now";
  try {
    const std::set<fs::path> files = files_of(paths_);
    for (const auto& [file, hash] : hashes_) {
      if (!files.contains(file)) return file.string() + " was removed" + kAdvice;
    }
    for (const fs::path& file : files) {
      if (!hashes_.contains(file)) return file.string() + " was added" + kAdvice;
      if (const std::string what = changed_file(file); !what.empty()) return what + kAdvice;
    }
  } catch (const std::exception& e) {  // gone or unreadable between two looks
    return std::string("a locked file can no longer be read (") + e.what() + ")" + kAdvice;
  }
  return "";
}

std::string LockedFiles::digest() const {
  std::string all;
  for (const fs::path& path : paths_) {
    for (const auto& [file, hash] : hashes_) {
      const fs::path name = file.lexically_relative(path.parent_path());
      if (!name.empty() && *name.begin() != "..")
        all += fmt::format("{} {}\n", hash, name.string());
    }
  }
  return sha256_of(all);
}

}  // namespace tern::loop
