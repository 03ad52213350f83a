#include "tern/base/process.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "tern/base/error.h"
#include "tern/base/printable.h"

namespace tern {
namespace {

volatile pid_t child_of_signals = 0;

extern "C" void pass_on(int signal) {
  if (child_of_signals > 0) ::kill(child_of_signals, signal);
}

/// Passes SIGTERM (and a SIGINT that was not typed at a terminal) on to a child while it lives.
class PassSignals {
 public:
  explicit PassSignals(pid_t child) {
    child_of_signals = child;
    struct sigaction action {};
    // A terminal sends SIGINT to the child as well; passing it on would count as a second one.
    action.sa_handler = ::isatty(STDIN_FILENO) != 0 ? [](int) {} : pass_on;
    ::sigaction(SIGINT, &action, &old_int_);
    action.sa_handler = pass_on;
    ::sigaction(SIGTERM, &action, &old_term_);
  }
  ~PassSignals() {
    ::sigaction(SIGINT, &old_int_, nullptr);
    ::sigaction(SIGTERM, &old_term_, nullptr);
    child_of_signals = 0;
  }

 private:
  struct sigaction old_int_ {
  }, old_term_{};
};

/// What a child does between fork and exec; never returns.
[[noreturn]] void become(const std::vector<std::string>& command,
                         const std::filesystem::path& folder) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  if (folder.empty() || ::chdir(folder.c_str()) == 0) ::execvp(arguments[0], arguments.data());
  dprintf(STDERR_FILENO, "cannot run %s: %s\n", arguments[0], std::strerror(errno));
  ::_exit(127);
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return 127;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

pid_t start() {
  const pid_t child = ::fork();
  check(child >= 0, "cannot start a process: {}", std::strerror(errno));
  return child;
}

/// Everything that can be read from here until the other ends are closed.
std::string read_all(int fd) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return text;
    text.append(buffer, static_cast<size_t>(n));
  }
}

/// A nameless file in memory, so that neither side ever waits for the other as with a pipe.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view contents) : fd_(::memfd_create("tern", MFD_CLOEXEC)) {
    check(fd_ >= 0, "cannot make a file in memory: {}", std::strerror(errno));
    while (!contents.empty()) {
      const ssize_t n = ::write(fd_, contents.data(), contents.size());
      if (n < 0 && errno == EINTR) continue;
      check(n > 0, "cannot write to a file in memory: {}", std::strerror(errno));
      contents.remove_prefix(static_cast<size_t>(n));
    }
    ::lseek(fd_, 0, SEEK_SET);
  }
  ~MemoryFile() { ::close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  int fd() const { return fd_; }
  std::string contents() const {
    ::lseek(fd_, 0, SEEK_SET);
    return read_all(fd_);
  }

 private:
  int fd_;
};

}  // namespace

CapturedRun capture_process(const std::vector<std::string>& command, bool show_errors,
                            const std::filesystem::path& folder) {
  int pipe_ends[2];
  check(::pipe2(pipe_ends, O_CLOEXEC) == 0, "cannot make a pipe: {}", std::strerror(errno));
  const pid_t child = start();
  if (child == 0) {
    const int nothing = ::open("/dev/null", O_RDONLY);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(pipe_ends[1], STDOUT_FILENO);
    if (!show_errors) ::dup2(pipe_ends[1], STDERR_FILENO);
    become(command, folder);
  }
  ::close(pipe_ends[1]);
  const PassSignals pass(child);
  CapturedRun run;
  run.output = read_all(pipe_ends[0]);
  ::close(pipe_ends[0]);
  run.exit_code = wait_for(child);
  return run;
}

CapturedRun capture_tool(const std::vector<std::string>& command, std::string_view input) {
  const MemoryFile in(input), out(""), errors("");
  const pid_t child = start();
  if (child == 0) {
    ::setpgid(0, 0);  // out of the terminal's reach
    ::dup2(in.fd(), STDIN_FILENO);
    ::dup2(out.fd(), STDOUT_FILENO);
    ::dup2(errors.fd(), STDERR_FILENO);
    become(command, {});
  }
  CapturedRun run;
  run.exit_code = wait_for(child);
  run.output = out.contents();
  run.errors = errors.contents();
  return run;
}

std::string last_line(const std::string& output) {
  const size_t end = output.find_last_not_of(" \n\r\t");
  if (end == output.npos) return "it printed nothing";
  const size_t begin = output.find_last_of('\n', end);
  return printable(output.substr(begin + 1, std::min<size_t>(end - begin, 300)));
}

}  // namespace tern
