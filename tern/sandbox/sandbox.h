#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tern/sandbox/namespaces.h"
#include "tern/sandbox/syscall_filter.h"

namespace tern {

/// What a program may touch. Everything that is not named is out of reach, and so is the network
/// and every process outside. A path that is a link stands for what it points to. Under Landlock
/// the names, sizes and times of other files can still be seen, though nothing of their contents,
/// and without a /proc of its own the command lines of other processes.
struct Sandbox {
  /// kNone, too, lives in a PID namespace where the machine grants one, so that it can be ended as
  /// a whole; it is confined in nothing else.
  enum class Kind { kNone, kLandlock, kBubblewrap };

  Kind kind = Kind::kNone;
  std::vector<std::filesystem::path> read;   // files and folders with all below them
  std::vector<std::filesystem::path> write;  // the same, with every right
  /// The processor time of its children is to be told whatever it does: it cannot say that it does
  /// not care for their end (a shell's `wait` needs that).
  bool counts_children = false;
};

/// The strongest kind that works on this machine, tried once by running a program in it: Landlock
/// that also scopes signals (version 6) with a filter of system calls, else bubblewrap, else an
/// older Landlock with the filter, else none. Namespaces come on top of Landlock, each where the
/// machine grants it. The environment variable TERN_SANDBOX decides instead: words between commas,
/// a kind (landlock, bubblewrap or none; untried), and parts of it to go without (-user, -pid,
/// -ipc, -network, -mounts, -proc). Throws for another word.
Sandbox::Kind available_sandbox();

/// "Landlock (ABI 7)", "bubblewrap", or "none".
std::string describe(Sandbox::Kind kind);

/// One thing that keeps a program in.
struct SandboxPart {
  std::string name;
  bool holds = false;   // on this machine, for this user
  std::string without;  // what is open where it does not hold
};

/// All that confines a program in a sandbox of this kind, or could.
std::vector<SandboxPart> sandbox_parts(Sandbox::Kind kind);

/// What any program needs for reading: the system's libraries, tools and devices. Those that this
/// machine lacks are skipped when a sandbox is made.
std::vector<std::filesystem::path> system_folders();

/// A sandbox made ready for one program: all that can fail or needs memory has been done, so that a
/// child needs only system calls between fork and exec.
class PreparedSandbox {
 public:
  /// Throws an Error that names a path that does not exist, or what this machine lacks.
  explicit PreparedSandbox(const Sandbox& sandbox);
  ~PreparedSandbox();
  PreparedSandbox(const PreparedSandbox&) = delete;
  PreparedSandbox& operator=(const PreparedSandbox&) = delete;

  /// The command to execute: the given one, or bubblewrap with it. Its first word is a path.
  std::vector<std::string> wrap(const std::vector<std::string>& command) const;
  /// Where the child is to begin, see NewNamespaces. With a PID namespace that child is to start
  /// the program and to wait for it: a program that is itself the first process hears no signals.
  const NewNamespaces& namespaces() const { return namespaces_; }
  /// Confines the calling process, a child that goes on to chdir() and execute the wrapped command.
  /// All descriptors that are open must be its own, or be closed on exec. False, with errno set,
  /// when the kernel refuses: it must not go on then.
  bool enter() noexcept;
  /// How many processes stand between the one that started it and the program, each the only child
  /// of the one before.
  int helpers() const {
    return (namespaces_.which().pid ? 1 : 0) + (kind_ == Sandbox::Kind::kBubblewrap ? 2 : 0);
  }

 private:
  Sandbox::Kind kind_;
  std::vector<std::filesystem::path> read_, write_;  // without links, nothing within another
  std::map<std::filesystem::path, std::filesystem::path> links_;  // name to target
  NewNamespaces namespaces_;
  SyscallFilter filter_;
  int descriptor_ = -1;  // Landlock's ruleset, or the filter's program for bubblewrap
};

}  // namespace tern
