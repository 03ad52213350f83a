#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "tern/io/hub_file.h"

namespace tern {

/// The folder in which the hub's official client keeps its downloads, in the same layout, so that
/// either finds what the other fetched (https://huggingface.co/docs/hub/local-cache):
///
///     models--org--name/blobs/ETAG                  the contents, under a hash of them
///     models--org--name/snapshots/COMMIT/PATH       a link to ../../blobs/ETAG
///     models--org--name/refs/REVISION               holds the commit of a branch or tag
///     models--org--name/.no_exist/COMMIT/PATH       empty: that commit has no such file
///     .locks/models--org--name/ETAG.lock            locked by who writes that blob
///
/// The files that it is asked about have passed check_hub_file().
class HubCache {
 public:
  explicit HubCache(std::filesystem::path folder) : folder_(std::move(folder)) {}
  const std::filesystem::path& folder() const { return folder_; }

  /// Where the file lies in its snapshot, if it is here.
  std::optional<std::filesystem::path> find(const HubFile& file) const;
  /// Whether the hub is known to have no such file at this commit.
  bool known_absent(const HubFile& file) const;
  void remember_absent(const HubFile& file, const std::string& commit) const;

  std::filesystem::path blob(const HubFile& file, const std::string& etag) const;
  std::filesystem::path lock(const HubFile& file, const std::string& etag) const;
  /// Links a blob that is here into its snapshot, notes what the revision stands for, and returns
  /// the path in the snapshot. Readers see the old link or the new one.
  std::filesystem::path place(const HubFile& file, const std::string& commit,
                              const std::string& etag) const;

 private:
  std::filesystem::path repository(const HubFile& file) const;

  std::filesystem::path folder_;
};

/// Whether a revision is a full commit hash, whose files never change.
bool is_commit(std::string_view revision);

/// Whether the path exists. One that cannot be looked at counts as absent.
bool is_here(const std::filesystem::path& path);

/// Makes a folder and those above it. Throws when it cannot.
void make_folder(const std::filesystem::path& folder);

/// Holds a lock file, alone among processes and threads, until the end of its life. Waits for
/// another holder while `keep_going` (which may be empty) says true, else throws.
class FileLock {
 public:
  FileLock(const std::filesystem::path& path, const std::function<bool()>& keep_going);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int fd_;
};

}  // namespace tern
