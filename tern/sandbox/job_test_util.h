#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <utility>

#include "tern/base/file.h"
#include "tern/sandbox/supervise.h"

namespace tern {

/// For tests: a folder that goes away with it, with a folder `run` in which jobs may write.
class Workplace {
 public:
  Workplace() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tern-job-XXXXXX").string();
    root = std::filesystem::canonical(::mkdtemp(pattern.data()));
    run = root / "run";
    std::filesystem::create_directory(run);
  }
  ~Workplace() {
    std::error_code ignored;
    std::filesystem::remove_all(root, ignored);
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  /// A job that runs a shell script, or a program in another language, in `run`.
  Job job(const std::string& script, const std::string& shell = "/bin/sh") const {
    Job job;
    job.command = {shell, "-c", script};
    job.folder = run;
    job.log = root / "log";
    job.environment = {{"PATH", "/usr/bin:/bin"}, {"TMPDIR", run.string()}, {kJobMark, mark()}};
    job.limits.seconds = 60;
    return job;
  }
  /// Ends a job with a warning once it has printed this, by when it is ready to hear one.
  void end_once_it_prints(const std::string& word, Job& job) const {
    job.watch = [this, word](double) {
      return log().find(word) != std::string::npos ? "enough" : "";
    };
  }
  /// A program for python that leaves a daemon behind: in another session, without a parent, a mark
  /// or a wish to hear of anybody's death.
  std::string daemon(const std::string& then = "") const {
    return "import fcntl, os, time\nos.chdir('" + run.string() + R"(')
lock = open('lock', 'w')
fcntl.flock(lock, fcntl.LOCK_EX)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.set_inheritable(lock.fileno(), True)
        open('daemon', 'w').close()
        os.chdir('/')
        os.execve('/bin/sleep', ['sleep', '100'], {})
    os._exit(0)
while not os.path.exists('daemon'):
    time.sleep(0.01)
lock.close()
)" + then;
  }
  /// Whether somebody holds the daemon's lock, whatever its process id is.
  bool daemon_lives() const {
    const int file = ::open((run / "lock").c_str(), O_RDWR | O_CLOEXEC);
    const bool held = file >= 0 && ::flock(file, LOCK_EX | LOCK_NB) != 0;
    if (file >= 0) ::close(file);
    return held;
  }
  std::string mark() const { return root.filename().string(); }
  std::string log() const { return read_file(root / "log"); }

  std::filesystem::path root, run;
};

}  // namespace tern
