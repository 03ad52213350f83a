#include "tern/runner/attendant_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/remove_tree.h"
#include "tern/channel/channel.h"
#include "tern/contract/json_form.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

constexpr const char* kReport = "report.json";
/// Whoever asked for an evaluation that still goes on is gone.
constexpr double kPatience = 2;  // seconds

/// The files that become the attendant's standard ones, and the socket to the run.
struct Files {
  int input, output, channel;
};

/// Between fork and exec; makes only system calls.
[[noreturn]] void become_attendant(char* const* arguments, const Files& files, pid_t parent) {
  ::setsid();  // a Ctrl-C at the terminal is for the run, which it has to serve until it is saved
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  ::dup2(files.input, STDIN_FILENO);
  if (files.output >= 0) {
    ::dup2(files.output, STDOUT_FILENO);
    ::dup2(files.output, STDERR_FILENO);
  }
  ::fcntl(files.channel, F_SETFD, 0);
  ::execv(arguments[0], arguments);
  ::_exit(127);
}

}  // namespace

std::vector<std::string> AttendantOrder::command(const fs::path& report) const {
  std::vector<std::string> words = {
      program.string(), "attend",        "--lab",     lab.string(),
      "--report",       report.string(), "--threads", fmt::format("{}", threads)};
  const auto add = [&](const char* flag, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {flag, value});
  };
  add("--results-file", results_file.string());
  add("--experiment", experiment);
  add("--commit", commit);
  add("--tokens", fmt::format("{}", tokens));
  add("--seconds", fmt::format("{}", seconds));
  add("--evaluations", fmt::format("{}", evaluations));
  add("--eval-tokens", fmt::format("{}", eval_tokens));
  if (!saves) words.emplace_back("--no-saves");
  return words;
}

AttendantProcess::AttendantProcess(const AttendantOrder& order) {
  const SocketPair sockets = make_socket_pair();
  channel_ = sockets.ours;
  std::vector<std::string> words = order.command(folder_ / kReport);
  words.insert(words.end(), {"--channel", fmt::format("{}", sockets.theirs)});
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  const int log =
      order.log.empty()
          ? -1
          : ::open(order.log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
  const Files files = {order.input >= 0 ? order.input : nothing, log, sockets.theirs};
  const pid_t parent = ::getpid();
  id_ = ::fork();
  if (id_ == 0) become_attendant(arguments.data(), files, parent);
  const int error = errno;
  for (const int file : {nothing, log, sockets.theirs}) {
    if (file >= 0) ::close(file);
  }
  check(id_ > 0, "cannot start a process: {}", std::strerror(error));
}

AttendantProcess::~AttendantProcess() {
  if (channel_ >= 0) ::close(channel_);
  if (id_ <= 0) return;
  ::kill(id_, SIGKILL);
  ::waitpid(id_, nullptr, 0);
}

bool AttendantProcess::ends_within(double seconds) {
  using Clock = std::chrono::steady_clock;
  const auto patience = Clock::now() + std::chrono::duration<double>(seconds);
  while (Clock::now() < patience) {
    const pid_t ended = ::waitpid(id_, nullptr, WNOHANG);
    if (ended == id_ || (ended < 0 && errno == ECHILD)) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

std::optional<AttendantReport> AttendantProcess::finish() {
  ::close(std::exchange(channel_, -1));
  if (!ends_within(kPatience)) return std::nullopt;
  id_ = -1;
  const fs::path report = folder_ / kReport;
  if (!fs::exists(report)) return std::nullopt;
  return from_json<AttendantReport>(Json::read(report));
}

AttendedRun run_attended(Job job, const AttendantOrder& order,
                         const std::function<JobResult(const Job&)>& run) {
  AttendantProcess attendant(order);
  job.input = attendant.channel();
  AttendedRun ended = {run(job), std::nullopt};
  ended.report = attendant.finish();
  const fs::path summary = job.folder / RunSummary::kFile;
  remove_tree(summary);  // the program may have left one
  if (ended.report && ended.report->summary) {
    write_file_atomically(summary, ended.report->summary->to_text());
  }
  return ended;
}

}  // namespace tern
