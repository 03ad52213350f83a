#include "tern/sandbox/supervise.h"

#include <dirent.h>
#include <fcntl.h>
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

/// What a file takes of the disk: its size or what it occupies, whichever is more, and a block at
/// least, so that a million empty ones count too.
int64_t disk_of(const struct stat& info) {
  constexpr int64_t kBlock = 4096;
  return std::max({kBlock, int64_t{info.st_size}, int64_t{info.st_blocks} * 512});
}

/// What a folder takes of the disk, links not followed. Stops counting beyond `enough`; folders in
/// folders that nobody needs so deep are more than enough.
int64_t folder_size(int at, const char* name, int64_t enough, int deep = 0) {
  constexpr int kDeepest = 256;
  if (deep == kDeepest) return enough + 1;
  const int file = ::openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR* const entries = file < 0 ? nullptr : ::fdopendir(file);
  if (entries == nullptr) {
    if (file >= 0) ::close(file);
    return 0;
  }
  int64_t total = 0;
  while (const dirent* entry = total <= enough ? ::readdir(entries) : nullptr) {
    const std::string_view inside = entry->d_name;
    struct stat info {};
    if (inside == "." || inside == ".." ||
        ::fstatat(file, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
      continue;
    }
    total += disk_of(info);
    if (S_ISDIR(info.st_mode)) total += folder_size(file, entry->d_name, enough - total, deep + 1);
  }
  ::closedir(entries);
  return total;
}

/// What those open files of these processes take of a folder's disk that have no name any more.
int64_t nameless_size(const std::vector<pid_t>& processes, const fs::path& folder) {
  struct stat place {};
  if (::stat(folder.c_str(), &place) != 0) return 0;
  std::map<ino_t, int64_t> sizes;
  for (const pid_t process : processes) {
    const fs::path files = fs::path("/proc") / std::to_string(process) / "fd";
    std::error_code gone;
    for (fs::directory_iterator it(files, gone), end; !gone && it != end; it.increment(gone)) {
      struct stat info {};
      if (::stat(it->path().c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
      if (info.st_nlink == 0 && info.st_dev == place.st_dev) sizes[info.st_ino] = disk_of(info);
    }
  }
  int64_t total = 0;
  for (const auto& [file, size] : sizes) total += size;
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
    // The kernel knows of those that were waited for; what was killed was seen before.
    result_.processor_seconds = std::max(used_, keeper_.processor_seconds());
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
    const std::vector<pid_t> processes = tree();
    for (const pid_t process : processes) {
      memory += resident_bytes(process);
      tasks += tasks_of(process);
    }
    used_ = std::max(used_, processor_seconds_now());
    result_.peak_memory = std::max(result_.peak_memory, memory);
    if (limits.memory_bytes > 0 && memory > limits.memory_bytes) {
      return fmt::format("it took {} of memory; the limit is {}", mebibytes(memory),
                         mebibytes(limits.memory_bytes));
    }
    if (limits.tasks > 0 && tasks > limits.tasks) {
      return fmt::format("it had {} processes and threads at once; the limit is {}", tasks,
                         limits.tasks);
    }
    return disk_exceeded(now, processes);
  }

  /// Of all that live and of those that they have waited for.
  double processor_seconds_now() const {
    double seconds = processor_seconds(keeper_.id());
    for (const pid_t process : descendants_of(keeper_.id())) seconds += processor_seconds(process);
    return seconds;
  }

  /// Which limit of the disk was hit, in a sentence; empty when none.
  std::string disk_exceeded(double now, const std::vector<pid_t>& processes) {
    const Limits& limits = job_.limits;
    if (limits.folder_bytes <= 0 || now < next_folder_) return "";
    const int64_t size = folder_size(AT_FDCWD, job_.folder.c_str(), limits.folder_bytes) +
                         nameless_size(processes, job_.folder);
    // A folder with very many files must not take the processor from the job.
    next_folder_ = now + std::max(kFolderSeconds, 10 * (seconds_since(start_) - now));
    if (size > limits.folder_bytes) {
      return fmt::format("its files took more than {} of the disk", mebibytes(limits.folder_bytes));
    }
    std::error_code unknown;
    const fs::space_info disk = fs::space(job_.folder, unknown);
    if (unknown || static_cast<int64_t>(disk.available) >= limits.least_free_bytes) return "";
    return fmt::format("less than {} were left of the disk", mebibytes(limits.least_free_bytes));
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
  double used_ = 0;  // processor seconds, as last seen
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
