#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <vector>

namespace tern {

/// What a filter leaves to the program because something else already guards it.
struct FilterOptions {
  bool signals = false;  // to processes other than itself
  bool modes = false;    // of files, by path: chmod()
};

/// A seccomp program against what Landlock and namespaces do not cover: sockets, io_uring, looking
/// into other processes, new namespaces, mounts, keys, the machine's own state, changes of owner,
/// mode, times and attributes of files, memory that no limit sees, and calls of another
/// architecture or of a kernel newer than this list. Denied calls fail with EACCES or EPERM.
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
