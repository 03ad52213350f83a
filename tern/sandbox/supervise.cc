#include "tern/sandbox/supervise.h"

#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <map>
#include <optional>
#include <thread>

#include "tern/base/error.h"
#include "tern/sandbox/capped_log.h"
#include "tern/sandbox/keeper.h"
#include "tern/sandbox/process_tree.h"

namespace tern {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr double kTickSeconds = 0.1;
constexpr double kFolderSeconds = 1;  // between two looks at the folder's size

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string mebibytes(int64_t bytes) {
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20));
}

/// What a folder takes of the disk, links not followed. A file counts with its size or what it
/// occupies, whichever is more, and with a block at least, so that a million empty ones count too.
/// Stops counting beyond `enough`.
int64_t folder_size(const fs::path& folder, int64_t enough) {
  constexpr int64_t kBlock = 4096;
  int64_t total = 0;
  std::vector<fs::path> open = {folder};
  while (!open.empty() && total <= enough) {
    const fs::path current = std::move(open.back());
    open.pop_back();
    std::error_code gone;
    for (fs::directory_iterator it(current, gone), end; !gone && it != end && total <= enough;
         it.increment(gone)) {
      struct stat info {};
      if (::lstat(it->path().c_str(), &info) != 0) continue;
      total += std::max({kBlock, int64_t{info.st_size}, int64_t{info.st_blocks} * 512});
      if (S_ISDIR(info.st_mode)) open.push_back(it->path());
    }
  }
  return total;
}

/// The file that a command's first word means, looked for in the PATH of the job's environment.
std::string find_program(const Job& job) {
  check(!job.command.empty(), "a job without a command cannot be run");
  const std::string& name = job.command.front();
  if (name.find('/') != std::string::npos) return name;
  std::string folders = "/usr/local/bin:/usr/bin:/bin";
  for (const auto& [variable, value] : job.environment) {
    if (variable == "PATH") folders = value;
  }
  for (size_t begin = 0; begin <= folders.size();) {
    const size_t end = std::min(folders.find(':', begin), folders.size());
    const std::string candidate = folders.substr(begin, end - begin) + "/" + name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    begin = end + 1;
  }
  fail("there is no program {} in {}", name, folders);
}

KeptProgram kept_program(const Job& job, const PreparedSandbox& sandbox) {
  std::vector<std::string> command = job.command;
  command.front() = find_program(job);
  command = sandbox.wrap(command);
  KeptProgram program = {command.front(),       command,  {}, job.folder.string(),
                         job.limits.file_bytes, job.input};
  for (const auto& [name, value] : job.environment) {
    program.environment.push_back(name + "=" + value);
  }
  return program;
}

/// One run of a job, from its start to the last of its processes.
class Run {
 public:
  explicit Run(const Job& job)
      : job_(job),
        sandbox_(job.sandbox),
        log_(job.log, job.limits.log_bytes),
        keeper_(kept_program(job, sandbox_), sandbox_) {}

  JobResult to_its_end() {
    while (!keeper_.poll()) {
      wait();
      read_output();
      const double now = seconds_since(start_);
      if (now < next_tick_) continue;
      next_tick_ = now + kTickSeconds;
      if (const std::string danger = endangers(now); !danger.empty()) {
        if (!warned_at_) result_.limit = danger;
        break;
      }
      if (!warned_at_) {
        look(now);
      } else if (grace_is_over(now)) {
        break;
      }
    }
    keeper_.kill_all();
    // All that could write is gone, so the output has an end.
    while (read_output()) {
    }
    log_.finish();
    const int status = keeper_.poll().value_or(SIGKILL);
    result_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    result_.seconds = seconds_since(start_);
    result_.processor_seconds = processor_seconds_of_all();
    return result_;
  }

 private:
  void wait() {
    pollfd files[] = {{output_open_ ? keeper_.output() : -1, POLLIN, 0},
                      {keeper_.reports(), POLLIN, 0}};
    const double left = std::max(0.0, next_tick_ - seconds_since(start_));
    ::poll(files, 2, static_cast<int>(left * 1000) + 1);
  }

  /// Takes some of what there is to read; false when there is nothing now.
  bool read_output() {
    constexpr int kReads = 16;  // at once, so that a flood does not keep the limits waiting
    for (int i = 0; i < kReads; ++i) {
      char buffer[65536];
      const ssize_t n = ::read(keeper_.output(), buffer, sizeof buffer);
      if (n < 0 && errno == EINTR) continue;
      if (n == 0) output_open_ = false;
      if (n <= 0) return false;
      log_.append({buffer, static_cast<size_t>(n)});
      if (job_.show) job_.show({buffer, static_cast<size_t>(n)});
      last_output_ = seconds_since(start_);
    }
    return true;
  }

  /// Asks whether the job may go on, and tells it to end if not.
  void look(double now) {
    if (job_.watch) result_.stopped = job_.watch(now);
    if (result_.stopped.empty()) result_.limit = overdue(now);
    if (result_.stopped.empty() && result_.limit.empty()) return;
    warned_at_ = now;
    warn();
  }

  bool grace_is_over(double now) const {
    const double grace = job_.limits.grace_seconds;
    return (grace > 0 && now > *warned_at_ + grace) || (job_.end_now && job_.end_now());
  }

  std::string overdue(double now) const {
    const Limits& limits = job_.limits;
    if (limits.seconds > 0 && now > limits.seconds) {
      return fmt::format("it ran longer than {:.1f} s", limits.seconds);
    }
    if (limits.idle_seconds > 0 && now - last_output_ > limits.idle_seconds) {
      return fmt::format("it printed nothing for {:.1f} s", limits.idle_seconds);
    }
    return "";
  }

  /// Which limit was hit of those that keep the machine alive, in a sentence; empty when none.
  std::string endangers(double now) {
    const Limits& limits = job_.limits;
    int64_t memory = 0, tasks = 0;
    for (const pid_t process : tree()) {
      memory += resident_bytes(process);
      tasks += tasks_of(process);
      used_[process] = std::max(used_[process], processor_seconds(process));
    }
    result_.peak_memory = std::max(result_.peak_memory, memory);
    if (limits.memory_bytes > 0 && memory > limits.memory_bytes) {
      return fmt::format("it took {} of memory; the limit is {}", mebibytes(memory),
                         mebibytes(limits.memory_bytes));
    }
    if (limits.tasks > 0 && tasks > limits.tasks) {
      return fmt::format("it had {} processes and threads at once; the limit is {}", tasks,
                         limits.tasks);
    }
    return folder_exceeded(now);
  }

  /// What the kernel says of those that their parents have waited for, or what was seen of all: a
  /// program may let its children go without waiting.
  double processor_seconds_of_all() const {
    double seen = 0;
    for (const auto& [process, seconds] : used_) seen += seconds;
    return std::max(seen, keeper_.processor_seconds());
  }

  std::string folder_exceeded(double now) {
    const int64_t limit = job_.limits.folder_bytes;
    if (limit <= 0 || now < next_folder_) return "";
    const int64_t size = folder_size(job_.folder, limit);
    // A folder with very many files must not take the processor from the job.
    next_folder_ = now + std::max(kFolderSeconds, 10 * (seconds_since(start_) - now));
    if (size <= limit) return "";
    return fmt::format("its files took more than {} of the disk", mebibytes(limit));
  }

  /// The program and all below it. What the sandbox needs stands above: it is nothing that the job
  /// took, and bubblewrap's would take the program with them when they are warned.
  std::vector<pid_t> tree() const {
    std::vector<pid_t> processes = descendants_of(keeper_.id());
    const size_t helpers = std::min(processes.size(), static_cast<size_t>(sandbox_.helpers()));
    processes.erase(processes.begin(), processes.begin() + static_cast<ptrdiff_t>(helpers));
    return processes;
  }

  /// Asks all of it to end.
  void warn() {
    for (const pid_t process : tree()) {
      ::kill(process, SIGTERM);
      ::kill(process, SIGCONT);  // one that is stopped would not hear it
    }
  }

  const Job& job_;
  PreparedSandbox sandbox_;
  CappedLog log_;
  Keeper keeper_;
  const Clock::time_point start_ = Clock::now();
  JobResult result_;
  std::map<pid_t, double> used_;  // processor seconds, as last seen
  double next_tick_ = 0, next_folder_ = 0, last_output_ = 0;
  std::optional<double> warned_at_;
  bool output_open_ = true;
};

}  // namespace

int64_t tasks_for_threads(int64_t besides) { return ::sysconf(_SC_NPROCESSORS_ONLN) + besides; }

JobResult supervise(const Job& job) {
  const JobResult result = Run(job).to_its_end();
  for (const auto& [name, value] : job.environment) {
    // For the case that somebody killed the keeper.
    if (name == kJobMark) kill_leftovers(value);
  }
  return result;
}

void kill_leftovers(const std::string& mark) {
  constexpr int kRounds = 1000;
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<pid_t> left = marked_processes(kJobMark, mark);
    if (left.empty()) return;
    for (const pid_t process : left) ::kill(process, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  fail("processes of job {} do not die; they are stuck in the kernel. Look for them with ps", mark);
}

}  // namespace tern
