#include "tern/sandbox/namespaces.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <string_view>
#include <utility>

namespace tern {
namespace {

namespace fs = std::filesystem;

bool write_whole(const char* path, std::string_view text) noexcept {
  const int file = ::open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error = errno;
  ::close(file);
  errno = error;
  return written;
}

/// A version of mount_setattr()'s argument and flags; the C library may be older than the kernel.
struct MountAttributes {
  uint64_t set, clear, propagation, user_namespace;
};

bool set_read_only(const char* path, bool read_only) noexcept {
  constexpr uint64_t kReadOnly = 1;
  constexpr unsigned kRecursive = 0x8000;
  const MountAttributes attributes = {read_only ? kReadOnly : 0, read_only ? 0 : kReadOnly, 0, 0};
  return ::syscall(__NR_mount_setattr, AT_FDCWD, path, kRecursive, &attributes,
                   sizeof attributes) == 0;
}

/// Puts an empty file system behind POSIX shared memory, so small that no limit has to count it:
/// LLVM's OpenMP runtime does not start without. A system may do without that folder.
bool mount_shared_memory(const std::string& options) noexcept {
  return ::mount("tmpfs", kSharedMemory, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
                 options.c_str()) == 0 ||
         errno == ENOENT;
}

/// Makes every mount but the writable folders and shared memory read-only: the owner of a file may
/// change its mode, times and flags whatever Landlock says, and root owns the system.
bool seal_mounts(const std::vector<fs::path>& writable) noexcept {
  for (const fs::path& path : writable) {
    if (::mount(path.c_str(), path.c_str(), nullptr, MS_BIND | MS_REC, nullptr) != 0) return false;
  }
  if (!set_read_only("/", true)) return false;
  for (const fs::path& path : writable) {
    if (!set_read_only(path.c_str(), false)) return false;
  }
  return set_read_only(kSharedMemory, false) || errno == ENOENT;
}

bool grants(const Namespaces& which) {
  const NewNamespaces namespaces(which, {});
  const pid_t child = namespaces.fork();
  if (child == 0) ::_exit(namespaces.settle() ? 0 : 1);
  int status = 0;
  while (child > 0 && ::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return false;
  }
  return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

Namespaces find_available() {
  Namespaces found;
  // Root needs no new ids, unless it is that of a container without its rights.
  found.user = !grants({.ipc = true});
  if (found.user && !grants(found)) return {};
  for (bool Namespaces::*part : {&Namespaces::pid, &Namespaces::ipc, &Namespaces::network,
                                 &Namespaces::mounts, &Namespaces::proc}) {
    if (part == &Namespaces::proc && !found.pid) continue;
    Namespaces more = found;
    more.*part = true;
    if (grants(more)) found = more;
  }
  return found;
}

}  // namespace

const Namespaces& available_namespaces() {
  static const Namespaces found = find_available();
  return found;
}

NewNamespaces::NewNamespaces(const Namespaces& which, std::vector<fs::path> writable)
    : which_(which),
      writable_(std::move(writable)),
      user_map_(fmt::format("{0} {0} 1\n", ::geteuid())),
      group_map_(fmt::format("{0} {0} 1\n", ::getegid())),
      shared_memory_(fmt::format("size={},nr_inodes=64,mode=1777", kSharedMemoryBytes)) {}

pid_t NewNamespaces::fork() const noexcept {
  unsigned long flags = SIGCHLD;
  if (which_.user) flags |= CLONE_NEWUSER;
  if (which_.pid) flags |= CLONE_NEWPID;
  if (which_.ipc) flags |= CLONE_NEWIPC;
  if (which_.network) flags |= CLONE_NEWNET;
  if (which_.mounts || which_.proc) flags |= CLONE_NEWNS;
  return static_cast<pid_t>(::syscall(__NR_clone, flags, nullptr, nullptr, nullptr, nullptr));
}

bool NewNamespaces::settle() const noexcept {
  if (which_.user) {
    // A group can be mapped once its owner can no longer leave others.
    if (!write_whole("/proc/self/setgroups", "deny") && errno != ENOENT) return false;
    if (!write_whole("/proc/self/uid_map", user_map_)) return false;
    if (!write_whole("/proc/self/gid_map", group_map_)) return false;
  }
  if (!which_.mounts && !which_.proc) return true;
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
  if (which_.proc &&
      ::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0) {
    return false;
  }
  return !which_.mounts || (mount_shared_memory(shared_memory_) && seal_mounts(writable_));
}

}  // namespace tern
