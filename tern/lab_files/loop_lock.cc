#include "tern/lab_files/loop_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <signal.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

#include "tern/base/error.h"
#include "tern/base/file.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

fs::path lock_file(const Lab& lab) { return lab.root() / ".tern" / "research.lock"; }

bool is_alive(int process) { return process > 0 && (::kill(process, 0) == 0 || errno == EPERM); }

/// Takes the lock unless the loop that holds it lives. One that was killed leaves it for a moment
/// to what ends the processes of its run, and those should be gone before another begins.
bool take(int fd, const fs::path& path) {
  constexpr int kTries = 600;  // of 50 ms
  for (int i = 0; i < kTries; ++i) {
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return true;
    if (is_alive(std::atoi(read_file(path).c_str()))) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

}  // namespace

LoopLock::LoopLock(const Lab& lab) {
  const fs::path path = lock_file(lab);
  fs::create_directories(path.parent_path());
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  check(fd_ >= 0, "cannot open {}: {}", path.string(), std::strerror(errno));
  if (!take(fd_, path)) {
    ::close(fd_);
    fail(
        "another loop, process {}, is running in {}; stop it first (`touch STOP` there ends it "
        "after its experiment)",
        running_loop(lab), lab.root().string());
  }
  const std::string pid = std::to_string(::getpid());
  if (::ftruncate(fd_, 0) != 0 || ::pwrite(fd_, pid.data(), pid.size(), 0) < 0) {
    ::close(fd_);
    fail("cannot write {}: {}", path.string(), std::strerror(errno));
  }
}

LoopLock::~LoopLock() {
  if (::ftruncate(fd_, 0) != 0) {
    // The lock goes with the descriptor; the number in the file is for people only.
  }
  ::close(fd_);
}

int running_loop(const Lab& lab) {
  const int fd = ::open(lock_file(lab).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  const bool free = ::flock(fd, LOCK_SH | LOCK_NB) == 0;
  ::close(fd);
  return free ? 0 : std::atoi(read_file(lock_file(lab)).c_str());
}

}  // namespace tern
