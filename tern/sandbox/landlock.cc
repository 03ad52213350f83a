#include "tern/sandbox/landlock.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "tern/base/error.h"

namespace tern {
namespace {

namespace fs = std::filesystem;

// linux/landlock.h of a new kernel; the installed one may be older than the kernel that runs.
constexpr long kCreateRuleset = 444, kAddRule = 445, kRestrictSelf = 446;
constexpr uint32_t kAskVersion = 1;
constexpr int kPathBeneath = 1;

constexpr uint64_t kExecute = 1u << 0, kWriteFile = 1u << 1, kReadFile = 1u << 2,
                   kReadDir = 1u << 3, kMakeChar = 1u << 6, kMakeSock = 1u << 9,
                   kMakeBlock = 1u << 11, kRefer = 1u << 13, kTruncate = 1u << 14,
                   kIoctlDevice = 1u << 15;
constexpr uint64_t kVersion1 = kRefer - 1;

struct RulesetAttributes {
  uint64_t files;
  uint64_t network;  // since version 4: bind and connect TCP
  uint64_t scoped;   // since version 6: abstract unix sockets and signals
};

struct [[gnu::packed]] PathRule {
  uint64_t allowed;
  int32_t parent;
};

uint64_t known_file_rights(int abi) {
  uint64_t rights = kVersion1;
  if (abi >= 2) rights |= kRefer;
  if (abi >= 3) rights |= kTruncate;
  if (abi >= 5) rights |= kIoctlDevice;
  return rights;
}

/// What a rule on a path of this kind may say at all, devices aside.
uint64_t rights_for(mode_t mode, bool write) {
  constexpr uint64_t kOfFiles = kExecute | kWriteFile | kReadFile | kTruncate | kIoctlDevice;
  uint64_t rights = kExecute | kReadFile | kReadDir;
  if (write) rights = ~(kMakeChar | kMakeBlock | kMakeSock | kIoctlDevice);
  if (S_ISCHR(mode)) rights = kReadFile | kWriteFile | kTruncate | kIoctlDevice;
  return S_ISDIR(mode) ? rights : rights & kOfFiles;
}

bool try_rule(int ruleset, const char* path, bool write, uint64_t known) noexcept {
  const int file = ::open(path, O_PATH | O_CLOEXEC);
  struct stat info {};
  bool added = file >= 0 && ::fstat(file, &info) == 0;
  if (added) {
    const PathRule rule = {rights_for(info.st_mode, write) & known, file};
    added = ::syscall(kAddRule, ruleset, kPathBeneath, &rule, 0) == 0;
  }
  const int error = errno;
  if (file >= 0) ::close(file);
  errno = error;
  return added;
}

void add_rule(int ruleset, const fs::path& path, bool write, uint64_t known) {
  if (try_rule(ruleset, path.c_str(), write, known)) return;
  const int error = errno;
  ::close(ruleset);
  fail("cannot open {} to a sandboxed program: {}", path.string(), std::strerror(error));
}

}  // namespace

int landlock_abi() {
  const long abi = ::syscall(kCreateRuleset, nullptr, 0, kAskVersion);
  return abi > 0 ? static_cast<int>(abi) : 0;
}

int make_landlock_ruleset(const std::vector<fs::path>& read, const std::vector<fs::path>& write) {
  const int abi = landlock_abi();
  check(abi > 0,
        "this kernel has no Landlock, or has it switched off (see the boot parameter lsm=)");
  const uint64_t known = known_file_rights(abi);
  const RulesetAttributes attributes = {known, abi >= 4 ? 3u : 0u,
                                        abi >= kLandlockScopesSignals ? 3u : 0u};
  const int ruleset =
      static_cast<int>(::syscall(kCreateRuleset, &attributes, sizeof attributes, 0));
  check(ruleset >= 0, "cannot make a Landlock ruleset: {}", std::strerror(errno));
  for (const fs::path& path : read) add_rule(ruleset, path, false, known);
  for (const fs::path& path : write) add_rule(ruleset, path, true, known);
  return ruleset;
}

bool open_in_landlock(int ruleset, const char* path, bool write) noexcept {
  return try_rule(ruleset, path, write, known_file_rights(landlock_abi()));
}

bool enter_landlock(int ruleset) noexcept {
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::syscall(kRestrictSelf, ruleset, 0) == 0;
}

}  // namespace tern
