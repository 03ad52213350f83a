#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "tern/base/process.h"

namespace tern {

/// A program that runs beside the test. Its standard output and error are one pipe of a page, so
/// when nobody reads it soon waits in a print: a signal reaches it before it can end, however slow
/// the test is.
class ChildProcess {
 public:
  explicit ChildProcess(const std::vector<std::string>& command) {
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    ::fcntl(ends[1], F_SETPIPE_SZ, 4096);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::dup2(ends[1], STDERR_FILENO);
      ::execvp(arguments[0], arguments.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    output_ = ends[0];
  }
  ~ChildProcess() {
    if (pid_ <= 0) return;
    send(SIGKILL);
    finish();
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void send(int signal) const { ::kill(pid_, signal); }

  /// Reads until the program has printed `text`; false when it ended before.
  bool read_until(const std::string& text) {
    while (printed_.find(text) == std::string::npos) {
      if (!read_more()) return false;
    }
    return true;
  }

  /// Reads the rest and waits for the end.
  CapturedRun finish() {
    while (read_more()) {
    }
    ::close(output_);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = 0;
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), printed_, ""};
  }

 private:
  bool read_more() {
    char buffer[256];
    ssize_t n = 0;
    do n = ::read(output_, buffer, sizeof buffer);
    while (n < 0 && errno == EINTR);
    if (n > 0) printed_.append(buffer, static_cast<size_t>(n));
    return n > 0;
  }

  pid_t pid_ = 0;
  int output_ = -1;
  std::string printed_;
};

}  // namespace tern
