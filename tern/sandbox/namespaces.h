#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace tern {

/// Which of the kernel's resources a process and all it starts see a set of their own of.
struct Namespaces {
  bool user = false;     // ids: what an ordinary user needs for all others; maps the caller alone
  bool pid = false;      // processes: no other is seen or signalled, and all end with the first
  bool ipc = false;      // System V IPC and POSIX message queues
  bool network = false;  // without a device
  bool mounts = false;   // read-only but for the folders that may be written; own shared memory
  bool proc = false;     // a /proc that shows the processes of the PID namespace alone
};

/// The folder behind shm_open(), and the bytes of the one that a program in a sandbox has for
/// itself.
inline constexpr const char* kSharedMemory = "/dev/shm";
inline constexpr int kSharedMemoryBytes = 1 << 20;

/// Those that this machine grants to this user, tried once, each together with those before it.
const Namespaces& available_namespaces();

/// Namespaces made ready for one child, which needs only system calls to enter them.
class NewNamespaces {
 public:
  NewNamespaces(const Namespaces& which, std::vector<std::filesystem::path> writable);

  const Namespaces& which() const { return which_; }
  /// Like fork(). With a PID namespace the child is its first process: when it ends, by whatever
  /// means, the kernel kills all others in it.
  pid_t fork() const noexcept;
  /// What the child does first: ids and mounts. False, with errno set, when the kernel refuses.
  bool settle() const noexcept;

 private:
  Namespaces which_;
  std::vector<std::filesystem::path> writable_;
  std::string user_map_, group_map_, shared_memory_;  // what the kernel is told
};

}  // namespace tern
