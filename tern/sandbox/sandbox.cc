#include "tern/sandbox/sandbox.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "tern/base/error.h"
#include "tern/sandbox/landlock.h"

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

/// Where this process may (as root), makes every mount but the writable folders read-only for it:
/// the owner of a file may change its mode whatever Landlock says, and root owns the system.
/// Elsewhere Landlock and the filter decide alone. False when it went wrong half-way.
bool seal_mounts(const std::vector<fs::path>& writable) noexcept {
  if (::unshare(CLONE_NEWNS) != 0) return true;
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return true;
  for (const fs::path& path : writable) {
    if (::mount(path.c_str(), path.c_str(), nullptr, MS_BIND | MS_REC, nullptr) != 0) return true;
  }
  if (!set_read_only("/", true)) return true;
  for (const fs::path& path : writable) {
    if (!set_read_only(path.c_str(), false)) return false;
  }
  return true;
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
  PreparedSandbox sandbox({kind, system_folders(), {}});
  const std::vector<std::string> command = sandbox.wrap(
      {"/bin/sh", "-c", "if (exec </etc/passwd) 2>/dev/null; then exit 1; else exit 0; fi"});
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    const int nothing = ::open("/dev/null", O_RDWR);
    for (const int standard : {0, 1, 2}) ::dup2(nothing, standard);
    if (sandbox.enter()) ::execv(arguments[0], arguments.data());
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

FilterOptions filter_options(Kind kind) {
  if (kind == Kind::kBubblewrap) return {.signals = true, .files = true};
  return {.signals = landlock_abi() >= kLandlockScopesSignals, .files = false};
}

}  // namespace

Kind available_sandbox() {
  const char* wish = std::getenv("TERN_SANDBOX");
  if (wish != nullptr && *wish != '\0') {
    const std::string name = wish;
    for (const Kind kind : {Kind::kNone, Kind::kLandlock, Kind::kBubblewrap}) {
      if (name == (kind == Kind::kLandlock ? "landlock" : describe(kind))) return kind;
    }
    fail("TERN_SANDBOX is \"{}\"; it may be landlock, bubblewrap or none", name);
  }
  static const Kind found = strongest();
  return found;
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
          "/sys/kernel/mm/hugepages", "/dev/null", "/dev/zero", "/dev/full", "/dev/random",
          "/dev/urandom"};
}

PreparedSandbox::PreparedSandbox(const Sandbox& sandbox)
    : kind_(sandbox.kind), filter_(filter_options(sandbox.kind)) {
  if (kind_ == Kind::kNone) return;
  read_ = real_paths(sandbox.read);
  write_ = real_paths(sandbox.write);
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
                                    "/dev"};
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
  return seal_mounts(write_) && drop_capabilities() && enter_landlock(descriptor_) &&
         filter_.install();
}

}  // namespace tern
