#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <vector>

namespace tern {

/// What a filter leaves to the program because something else already guards it.
struct FilterOptions {
  bool signals = false;  // to processes other than itself
  bool files = false;    // their modes, owners, times and attributes
  /// Or asks of it: that the processor time of its children can be told when they have ended.
  bool counts_children = false;
};

/// A seccomp program that lets pass what a training program, a compiler or a shell needs
/// (allowed_calls.h), by number and where it matters by argument. What was left out on purpose:
/// sockets, System V IPC, looking into other processes or scheduling them, new namespaces, mounts,
/// keys, the machine's own state, owner, times, flags and attributes of files, terminals, and
/// memory that no limit sees. A call that it does not know fails with ENOSYS, as on a kernel that
/// lacks it, so that programs fall back to one that it does; one with an argument that it refuses
/// fails with the error that a program expects of it, EPERM as a rule.
class SyscallFilter {
 public:
  explicit SyscallFilter(const FilterOptions& options);

  /// False on a processor whose calls this filter does not know; it then has no program.
  static bool supported();
  /// Puts the calling process and all it starts under the filter, for good. Between fork and exec:
  /// makes only system calls. False, with errno set, when the kernel refuses.
  bool install() noexcept;
  /// The program's bytes in a file without a name, for `bwrap --seccomp`; the caller closes it.
  int open_program() const;

 private:
  std::vector<sock_filter> program_;
  std::vector<size_t> own_pid_at_;  // instructions that compare with the program's process id
};

}  // namespace tern
