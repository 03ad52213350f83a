#include "tern/sandbox/sandbox.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "tern/base/error.h"
#include "tern/sandbox/landlock.h"
#include "tern/sandbox/sandbox_wish.h"

namespace tern {
namespace {

namespace fs = std::filesystem;
using Kind = Sandbox::Kind;

bool is_within(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
         folder.end();
}

bool is_within_any(const fs::path& path, const std::vector<fs::path>& folders) {
  return std::any_of(folders.begin(), folders.end(),
                     [&](const fs::path& folder) { return is_within(path, folder); });
}

/// The folders with their links followed, those within another left out, in an order that puts a
/// folder before what it holds.
std::vector<fs::path> real_paths(const std::vector<fs::path>& paths) {
  const std::vector<fs::path> optional = system_folders();
  std::vector<fs::path> real;
  for (const fs::path& path : paths) {
    std::error_code error;
    const fs::path target = fs::canonical(path, error);
    if (!error) {
      real.push_back(target);
      continue;
    }
    check(std::find(optional.begin(), optional.end(), path) != optional.end(),
          "{} is to be opened to a sandboxed program, but there is no such file or folder",
          path.string());
  }
  std::sort(real.begin(), real.end());
  std::vector<fs::path> outermost;
  for (const fs::path& path : real) {
    if (!is_within_any(path, outermost)) outermost.push_back(path);
  }
  return outermost;
}

/// The given paths that are, or lead through, links, and their targets: names that are not within
/// what is open anyway.
std::map<fs::path, fs::path> links_to(const std::vector<fs::path>& paths,
                                      const std::vector<fs::path>& read,
                                      const std::vector<fs::path>& write) {
  std::map<fs::path, fs::path> links;
  for (const fs::path& path : paths) {
    const fs::path name = fs::absolute(path).lexically_normal();
    std::error_code missing;
    const fs::path target = fs::canonical(name, missing);
    const bool there = is_within_any(name, read) || is_within_any(name, write);
    if (!missing && target != name && !there) links[name] = target;
  }
  return links;
}

std::string program_in_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::string folders = path == nullptr ? "/usr/bin:/bin" : path;
  for (size_t begin = 0; begin <= folders.size();) {
    const size_t end = std::min(folders.find(':', begin), folders.size());
    const std::string candidate = folders.substr(begin, end - begin) + "/" + name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    begin = end + 1;
  }
  return "";
}

/// Gives up every capability, so that root is an ordinary user from here on.
bool drop_capabilities() noexcept {
  for (int capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability) {
    ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);  // refused to those that have none to begin with
  }
  ::prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED, 0, 0, 0);
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  const __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
  return ::syscall(__NR_capset, &header, none) == 0;
}

/// True when a program runs in this kind of sandbox and is kept from what it must not read.
bool works(Kind kind) try {
  PreparedSandbox sandbox({kind, system_folders(), {}, false});
  const std::vector<std::string> command = sandbox.wrap(
      {"/bin/sh", "-c", "if (exec </etc/passwd) 2>/dev/null; then exit 1; else exit 0; fi"});
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = sandbox.namespaces().fork();
  if (child == 0) {
    const int nothing = ::open("/dev/null", O_RDWR);
    for (const int standard : {0, 1, 2}) ::dup2(nothing, standard);
    if (sandbox.namespaces().settle() && sandbox.enter()) ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  int status = 0;
  while (child > 0 && ::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return false;
  }
  return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
} catch (const Error&) {
  return false;
}

Kind strongest() {
  if (landlock_abi() >= kLandlockScopesSignals && works(Kind::kLandlock)) return Kind::kLandlock;
  if (works(Kind::kBubblewrap)) return Kind::kBubblewrap;
  return works(Kind::kLandlock) ? Kind::kLandlock : Kind::kNone;
}

FilterOptions filter_options(const Sandbox& sandbox, const Namespaces& namespaces) {
  const bool bubblewrap = sandbox.kind == Kind::kBubblewrap;
  return {.signals = bubblewrap || namespaces.pid || landlock_abi() >= kLandlockScopesSignals,
          .files = bubblewrap || namespaces.mounts,
          .counts_children = sandbox.counts_children};
}

}  // namespace

Kind available_sandbox() {
  if (const std::optional<Kind> wish = SandboxWish::read().kind) return *wish;
  static const Kind found = strongest();
  return found;
}

std::vector<SandboxPart> sandbox_parts(Kind kind) {
  if (kind == Kind::kNone) return {};
  std::vector<SandboxPart> parts = {
      {describe(kind), true, ""},
      {"filter of system calls", SyscallFilter::supported(), "every system call can be made"}};
  if (kind == Kind::kBubblewrap) return parts;
  const Namespaces namespaces = namespaces_for(kind);
  for (const NamedNamespace& named : named_namespaces()) {
    // Root needs none.
    const bool needless = named.part == &Namespaces::user && !namespaces.user && ::geteuid() == 0;
    if (!needless) parts.push_back({named.name, namespaces.*named.part, named.without});
  }
  return parts;
}

std::string describe(Kind kind) {
  if (kind == Kind::kLandlock) return fmt::format("Landlock (ABI {})", landlock_abi());
  return kind == Kind::kBubblewrap ? "bubblewrap" : "none";
}

std::vector<fs::path> system_folders() {
  return {"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt/rh",
          // The loader's cache, the zone of the clock, and the names behind which Debian keeps c++
          // and its like.
          "/etc/ld.so.cache", "/etc/ld.so.preload", "/etc/localtime", "/etc/alternatives",
          // OpenCL's list of drivers, which oneDNN may be linked with.
          "/etc/OpenCL",
          // Cores, caches, free memory and limits.
          "/proc", "/sys/devices/system", "/sys/fs/cgroup", "/sys/kernel/mm/transparent_hugepage",
          "/sys/kernel/mm/hugepages",
          // Not /dev/zero, which is memory that no limit sees where it is mapped.
          "/dev/null", "/dev/full", "/dev/random", "/dev/urandom"};
}

PreparedSandbox::PreparedSandbox(const Sandbox& sandbox)
    : kind_(sandbox.kind),
      read_(kind_ == Kind::kNone ? std::vector<fs::path>() : real_paths(sandbox.read)),
      write_(kind_ == Kind::kNone ? std::vector<fs::path>() : real_paths(sandbox.write)),
      namespaces_(namespaces_for(kind_), write_),
      filter_(filter_options(sandbox, namespaces_.which())) {
  if (kind_ == Kind::kNone) return;
  if (kind_ == Kind::kLandlock) {
    check(SyscallFilter::supported(),
          "there is no filter of system calls for this processor; install bubblewrap");
    descriptor_ = make_landlock_ruleset(read_, write_);
    return;
  }
  check(!program_in_path("bwrap").empty(),
        "bwrap is not in PATH; install it (apt-get install bubblewrap)");
  links_ = links_to(sandbox.read, read_, write_);
  links_.merge(links_to(sandbox.write, read_, write_));
  if (SyscallFilter::supported()) descriptor_ = filter_.open_program();
}

PreparedSandbox::~PreparedSandbox() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::vector<std::string> PreparedSandbox::wrap(const std::vector<std::string>& command) const {
  if (kind_ != Kind::kBubblewrap) return command;
  std::vector<std::string> words = {program_in_path("bwrap"),
                                    "--unshare-all",
                                    "--die-with-parent",
                                    "--cap-drop",
                                    "ALL",
                                    "--proc",
                                    "/proc",
                                    "--dev",
                                    "/dev",
                                    "--dev-bind",
                                    "/dev/null",
                                    "/dev/zero"};
  for (const fs::path& path : read_) {
    // bubblewrap makes its own of these two.
    if (is_within(path, "/proc") || is_within(path, "/dev")) continue;
    words.insert(words.end(), {"--ro-bind", path.string(), path.string()});
  }
  // After those, so that a path has the sum of its rights.
  for (const fs::path& path : write_) {
    words.insert(words.end(), {"--bind", path.string(), path.string()});
  }
  fs::path last;
  for (const auto& [name, target] : links_) {
    if (!last.empty() && is_within(name, last)) continue;  // the link before leads there
    last = name;
    words.insert(words.end(), {"--symlink", target.string(), name.string()});
  }
  // bubblewrap's own file systems have no limit of size.
  words.insert(words.end(),
               {"--perms", "1777", "--size", std::to_string(kSharedMemoryBytes), "--tmpfs",
                kSharedMemory, "--remount-ro", "/dev", "--remount-ro", "/"});
  if (descriptor_ >= 0) words.insert(words.end(), {"--seccomp", std::to_string(descriptor_)});
  words.push_back("--");
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

bool PreparedSandbox::enter() noexcept {
  if (kind_ == Kind::kNone) return true;
  if (kind_ == Kind::kBubblewrap) {
    return descriptor_ < 0 || ::fcntl(descriptor_, F_SETFD, 0) == 0;
  }
  // Rules are for files, not for names: the new /proc is another folder, and so is shared memory.
  const bool proc = namespaces_.which().proc &&
                    std::find(read_.begin(), read_.end(), fs::path("/proc")) != read_.end();
  if (proc && !open_in_landlock(descriptor_, "/proc", false)) return false;
  if (namespaces_.which().mounts && !open_in_landlock(descriptor_, kSharedMemory, true) &&
      errno != ENOENT) {
    return false;
  }
  return drop_capabilities() && enter_landlock(descriptor_) && filter_.install();
}

}  // namespace tern
