#include "tern/sandbox/keeper.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

#include "tern/base/error.h"
#include "tern/sandbox/process_tree.h"

namespace tern {
namespace {

/// What keeper and program tell the harness through a pipe.
struct Report {
  enum class Kind { kCannotStart, kEnded } kind;
  int value;         // errno, or a status of waitpid()
  const char* what;  // was tried; a constant, so the same address in parent and child
};

struct Pipe {
  int read = -1, write = -1;
};

Pipe make_pipe() {
  int ends[2];
  check(::pipe2(ends, O_CLOEXEC) == 0, "cannot make a pipe: {}", std::strerror(errno));
  // Out of the way of the standard ones, which the children replace.
  for (int& end : ends) {
    const int moved = ::fcntl(end, F_DUPFD_CLOEXEC, 3);
    check(moved >= 0, "cannot make a pipe: {}", std::strerror(errno));
    ::close(std::exchange(end, moved));
  }
  return {ends[0], ends[1]};
}

/// Everything that the two children need, made before the fork: between fork and exec a child of a
/// process with threads may make only system calls.
struct Plan {
  const char* path;
  char** arguments;
  char** environment;
  const char* folder;
  rlim_t file_bytes;
  int input;
  PreparedSandbox* sandbox;
  Pipe output, reports, lifeline;
};

void send(int pipe, const Report& report) noexcept {
  // A pipe takes a few bytes whole; without a reader there is nobody to tell.
  [[maybe_unused]] const ssize_t n = ::write(pipe, &report, sizeof report);
}

void restore_signals() noexcept {
  // By the system call: sigaction() keeps its hands off two signals that the C library uses itself,
  // and a caller may have started us with those ignored as well. All zeros is the standard action.
  constexpr uint64_t kStandard[4] = {};
  constexpr size_t kMaskBytes = 8;
  for (int signal = 1; signal < _NSIG; ++signal) {
    ::syscall(SYS_rt_sigaction, signal, kStandard, nullptr, kMaskBytes);
  }
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void close_on_exec_all() noexcept {
  constexpr unsigned kCloseOnExec = 4;
  if (::syscall(__NR_close_range, 3, ~0u, kCloseOnExec) == 0) return;
  // Kernels before 5.11.
  for (int file = 3; file < 65536; ++file) ::fcntl(file, F_SETFD, FD_CLOEXEC);
}

/// When memory runs out, the kernel is to end the program and not the harness.
void offer_to_memory_killer() noexcept {
  const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  [[maybe_unused]] const ssize_t n = ::write(file, "1000", 4);
  ::close(file);
}

[[noreturn]] void cannot_start(const Plan& plan, const char* tried) noexcept {
  send(plan.reports.write, {Report::Kind::kCannotStart, errno, tried});
  ::_exit(127);
}

[[noreturn]] void become_program(const Plan& plan, pid_t parent) noexcept {
  restore_signals();
  ::setsid();
  // An input that is the standard one already stays where it is.
  const int input = plan.input >= 0 ? plan.input : ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (input != STDIN_FILENO) ::dup2(input, STDIN_FILENO);
  ::dup2(plan.output.write, STDOUT_FILENO);
  ::dup2(plan.output.write, STDERR_FILENO);
  close_on_exec_all();
  ::umask(022);
  const rlimit no_core = {0, 0}, file = {plan.file_bytes, plan.file_bytes};
  ::setrlimit(RLIMIT_CORE, &no_core);
  if (plan.file_bytes > 0) ::setrlimit(RLIMIT_FSIZE, &file);

  const char* tried = "be confined to its sandbox";
  if (plan.sandbox->enter()) {
    tried = "go to its folder";
    if (::chdir(plan.folder) == 0) {
      tried = "be executed";
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::getppid() == parent) ::execve(plan.path, plan.arguments, plan.environment);
    }
  }
  cannot_start(plan, tried);
}

/// Lets go of all of the harness (locks, a terminal, the writing end of the output) but for these,
/// which become standard input and output; -1: none.
void hold_only(int input, int output) noexcept {
  if (::dup2(input, STDIN_FILENO) < 0) ::close(STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::close(STDERR_FILENO);
  if (::syscall(__NR_close_range, 3, ~0u, 0) != 0) {
    for (int file = 3; file < 65536; ++file) ::close(file);
  }
}

/// True once the process of this descriptor has ended. Where the kernel has no such descriptors a
/// process that ends in the instants in which its child starts goes unnoticed.
bool has_ended(int process) noexcept {
  pollfd ended = {process, POLLIN, 0};
  return ::poll(&ended, 1, 0) == 1;
}

/// The whole life of the first process of a PID namespace: it starts the program, waits for the
/// orphans there, and ends with the program or with the keeper. All others end by that.
[[noreturn]] void be_first(const Plan& plan, int keeper) noexcept {
  ::prctl(PR_SET_NAME, "tern-first");
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (has_ended(keeper)) ::_exit(127);
  const pid_t first = ::getpid(), program = ::fork();
  if (program == 0) become_program(plan, first);
  if (program < 0) cannot_start(plan, "get a process");
  // It has the harness's memory, which is no business of the program's.
  ::prctl(PR_SET_DUMPABLE, 0);
  hold_only(-1, plan.reports.write);
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(-1, &status, 0);
    if (ended < 0 && errno != EINTR) ::_exit(127);
    if (ended != program) continue;
    send(STDOUT_FILENO, {Report::Kind::kEnded, status, nullptr});
    ::_exit(0);
  }
}

/// The keeper's child.
[[noreturn]] void begin(const Plan& plan, pid_t keeper, int keeper_file) noexcept {
  offer_to_memory_killer();
  if (!plan.sandbox->namespaces().settle()) cannot_start(plan, "get its namespaces");
  if (plan.sandbox->namespaces().which().pid) be_first(plan, keeper_file);
  become_program(plan, keeper);
}

/// Kills all children, and those that become children by it, until there are none.
[[noreturn]] void end_everything() noexcept {
  for (;;) {
    char text[4096];
    const int file = ::open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    const ssize_t size = ::read(file, text, sizeof text);
    ::close(file);
    pid_t child = 0;
    // A number that the buffer cut off has no blank behind it and waits for the next round.
    for (ssize_t i = 0; i < size; ++i) {
      if (text[i] == ' ') {
        ::kill(child, SIGKILL);
        child = 0;
      } else {
        child = child * 10 + (text[i] - '0');
      }
    }
    pid_t reaped = 0;
    while ((reaped = ::waitpid(-1, nullptr, WNOHANG)) > 0) {
    }
    if (reaped < 0 && errno == ECHILD) ::_exit(0);
    const timespec pause = {0, 1'000'000};
    ::nanosleep(&pause, nullptr);
  }
}

/// A child that starts a namespace has told how the program ended; the first report counts.
void reap(pid_t child, int reports) noexcept {
  int status = 0;
  for (pid_t ended; (ended = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    if (ended == child) send(reports, {Report::Kind::kEnded, status, nullptr});
  }
}

/// The keeper's whole life. It is deaf to all signals that can be blocked.
[[noreturn]] void keep(const Plan& plan) noexcept {
  restore_signals();
  sigset_t all;
  sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  ::setsid();
  ::prctl(PR_SET_NAME, "tern-keeper");
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::close(plan.lifeline.write);
  const pid_t keeper = ::getpid();
  const int keeper_file = static_cast<int>(::syscall(SYS_pidfd_open, keeper, 0));
  const pid_t child = plan.sandbox->namespaces().fork();
  if (child == 0) begin(plan, keeper, keeper_file);
  if (child < 0) cannot_start(plan, "get a process");
  hold_only(plan.lifeline.read, plan.reports.write);
  const int lifeline = STDIN_FILENO, reports = STDOUT_FILENO;
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  const int signals = ::signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
  for (;;) {
    reap(child, reports);
    pollfd waiting[] = {{lifeline, POLLIN, 0}, {signals, POLLIN, 0}};
    ::poll(waiting, 2, -1);
    if (waiting[0].revents != 0) end_everything();
    signalfd_siginfo received;
    while (::read(signals, &received, sizeof received) > 0) {
    }
  }
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

/// Pointers for execve(), which wants what it does not change to be changeable.
std::vector<char*> pointers_to(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Keeper::Keeper(const KeptProgram& program, PreparedSandbox& sandbox) : program_(program.path) {
  std::vector<char*> arguments = pointers_to(program.arguments);
  std::vector<char*> environment = pointers_to(program.environment);
  const Plan plan = {program.path.c_str(),
                     arguments.data(),
                     environment.data(),
                     program.folder.c_str(),
                     static_cast<rlim_t>(program.file_bytes),
                     program.input,
                     &sandbox,
                     make_pipe(),
                     make_pipe(),
                     make_pipe()};
  output_ = plan.output.read;
  reports_ = plan.reports.read;
  lifeline_ = plan.lifeline.write;
  for (const int end : {output_, reports_}) ::fcntl(end, F_SETFL, O_NONBLOCK);
  id_ = ::fork();
  if (id_ == 0) keep(plan);
  const int error = errno;
  for (const int end : {plan.output.write, plan.reports.write, plan.lifeline.read}) ::close(end);
  check(id_ > 0, "cannot start a process: {}", std::strerror(error));
}

Keeper::~Keeper() {
  try {
    kill_all();
  } catch (const Error&) {
    // It was said when kill_all() was called; nothing more can be done here.
  }
  for (const int end : {output_, reports_}) ::close(end);
}

std::optional<int> Keeper::poll() {
  Report report{};
  while (!status_) {
    const ssize_t size = ::read(reports_, &report, sizeof report);
    if (size < 0) break;
    // Without a word: somebody killed the keeper, and by that the program.
    if (size == 0) report = {Report::Kind::kEnded, SIGKILL, nullptr};
    check(report.kind != Report::Kind::kCannotStart, "{} cannot {}: {}", program_, report.what,
          std::strerror(report.value));
    status_ = report.value;
  }
  return status_;
}

void Keeper::kill_all() {
  if (id_ < 0) return;
  if (lifeline_ >= 0) ::close(lifeline_);
  lifeline_ = -1;
  using Clock = std::chrono::steady_clock;
  const auto patience = Clock::now() + std::chrono::seconds(30);
  for (;;) {
    // The keeper reaches its children only; from here the whole tree is seen at once.
    for (const pid_t process : descendants_of(id_)) ::kill(process, SIGKILL);
    rusage used{};
    const pid_t ended = ::wait4(id_, nullptr, WNOHANG, &used);
    if (ended == id_) processor_seconds_ = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
    if (ended == id_ || (ended < 0 && errno == ECHILD)) break;
    if (Clock::now() > patience) {
      fail(
          "a process started by {} does not die: it is stuck in the kernel. Look for it with "
          "`ps -e -o pid,stat,args --forest` below \"tern-keeper\" (process {})",
          program_, std::exchange(id_, -1));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  id_ = -1;
}

}  // namespace tern
