#include "tern/base/remove_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string_view>

namespace tern {
namespace {

/// A folder that is open for reading, with the owner's rights given back to it.
class OpenFolder {
 public:
  OpenFolder(int at, const char* name) noexcept {
    const int place = ::openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (place < 0) return;
    give_rights(place);
    const int fd = ::openat(place, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ::close(place);
    if (fd < 0) return;
    entries_ = ::fdopendir(fd);
    if (entries_ == nullptr) ::close(fd);
  }
  ~OpenFolder() {
    if (entries_ != nullptr) ::closedir(entries_);
  }
  OpenFolder(const OpenFolder&) = delete;
  OpenFolder& operator=(const OpenFolder&) = delete;

  explicit operator bool() const { return entries_ != nullptr; }
  int fd() const { return ::dirfd(entries_); }

  /// Calls take(name) for each entry, over and over until it takes none away: what a folder lists
  /// while it changes is not said.
  template <class Take>
  void take_all(const Take& take) noexcept {
    for (bool taken = true; taken;) {
      taken = false;
      ::rewinddir(entries_);
      while (const dirent* entry = ::readdir(entries_)) {
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") taken = take(entry->d_name) || taken;
      }
    }
  }

 private:
  static void give_rights(int place) noexcept {
    struct stat info {};
    if (::fstat(place, &info) != 0 || (info.st_mode & S_IRWXU) == S_IRWXU) return;
    char self[32];  // the one name by which rights are set without following a link
    std::snprintf(self, sizeof self, "/proc/self/fd/%d", place);
    ::chmod(self, (info.st_mode & 07777) | S_IRWXU);
  }

  DIR* entries_ = nullptr;
};

/// Empties a folder. Folders within folders are first moved up into it, so that no depth needs a
/// stack, a long path or many open files.
class Remover {
 public:
  explicit Remover(OpenFolder& top) : top_(top.fd()) {}

  /// Removes an entry of the top folder; true when it is gone.
  bool remove(const char* name) noexcept {
    if (remove_at(top_, name)) return true;
    OpenFolder folder(top_, name);
    if (!folder) return false;
    folder.take_all([&](const char* inside) {
      return remove_at(folder.fd(), inside) || move_up(folder.fd(), inside);
    });
    return ::unlinkat(top_, name, AT_REMOVEDIR) == 0;
  }

 private:
  static bool remove_at(int folder, const char* name) noexcept {
    return ::unlinkat(folder, name, 0) == 0 || ::unlinkat(folder, name, AT_REMOVEDIR) == 0;
  }

  bool move_up(int folder, const char* name) noexcept {
    if (!OpenFolder(folder, name)) return false;  // with its rights, without which it stays
    for (;;) {
      char free_name[32];
      std::snprintf(free_name, sizeof free_name, ".moved-%llu", next_++);
      if (::renameat(folder, name, top_, free_name) == 0) return true;
      if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR) return false;
    }
  }

  int top_;
  unsigned long long next_ = 0;
};

/// Whether a plain file of one name is there and takes at most so many bytes, cut to them if need
/// be.
bool cut_file(int folder, const char* name, int64_t most_bytes) noexcept {
  struct stat info {};
  if (::fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0) return false;
  if (!S_ISREG(info.st_mode) || info.st_nlink != 1) return false;
  constexpr int64_t kBlock = 4096;
  if (info.st_size <= most_bytes && info.st_blocks * 512 <= most_bytes + kBlock) return true;
  const int fd = ::openat(folder, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return false;
  const bool cut = ::ftruncate(fd, std::min<int64_t>(info.st_size, most_bytes)) == 0;
  ::close(fd);
  return cut;
}

bool is_folder(int at, const char* name) noexcept {
  struct stat info {};
  return ::fstatat(at, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(info.st_mode);
}

}  // namespace

bool remove_tree(const std::filesystem::path& path) noexcept {
  const auto gone = [&] { return ::unlink(path.c_str()) == 0 || errno == ENOENT; };
  if (gone()) return true;
  {
    OpenFolder folder(AT_FDCWD, path.c_str());
    if (!folder) return false;
    Remover remover(folder);
    folder.take_all([&](const char* name) { return remover.remove(name); });
  }
  return ::rmdir(path.c_str()) == 0;
}

bool keep_only(const std::filesystem::path& folder, const std::vector<std::string>& names,
               int64_t most_bytes) noexcept {
  OpenFolder top(AT_FDCWD, folder.c_str());
  if (!top) return false;
  Remover remover(top);
  bool all_gone = true;
  top.take_all([&](const char* name) {
    const bool stays = std::ranges::any_of(names, [&](std::string_view kept) {
      if (kept == name) return cut_file(top.fd(), name, most_bytes);
      return kept.ends_with('/') && kept.substr(0, kept.size() - 1) == name &&
             is_folder(top.fd(), name);
    });
    if (stays) return false;
    const bool removed = remover.remove(name);
    all_gone = all_gone && removed;
    return removed;
  });
  return all_gone;
}

bool make_accessible(const std::filesystem::path& folder) noexcept {
  return static_cast<bool>(OpenFolder(AT_FDCWD, folder.c_str()));
}

}  // namespace tern
