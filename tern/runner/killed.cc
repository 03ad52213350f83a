#include "tern/runner/killed.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <string_view>

#include "tern/base/text.h"
#include "tern/sandbox/untrusted_file.h"

namespace tern {
namespace {

constexpr uint64_t kMostLog = 8 << 20;
constexpr std::array<int, 5> kFromOutside = {SIGKILL, SIGTERM, SIGHUP, SIGINT, SIGQUIT};
/// What gcc, its linker's driver and clang say of a program of theirs that was killed.
constexpr std::array<std::string_view, 6> kDriversWords = {
    "fatal error: Killed signal terminated program ",
    "fatal error: Terminated signal terminated program ",
    "terminated with signal 9 [",
    "terminated with signal 15 [",
    "error: unable to execute command: Killed",
    "error: unable to execute command: Terminated"};

bool driver_tells_of_a_kill(const std::filesystem::path& log) {
  const std::string text = read_untrusted(log, kMostLog).value_or("");
  return std::ranges::any_of(lines_of(text), [](std::string_view line) {
    return std::ranges::any_of(
        kDriversWords, [&](std::string_view words) { return line.find(words) != line.npos; });
  });
}

}  // namespace

bool was_killed(const JobResult& result) {
  return result.limit.empty() && result.stopped.empty() &&
         std::ranges::find(kFromOutside, result.exit_code - 128) != kFromOutside.end();
}

JobResult supervise_unkilled(const Job& job) {
  for (int tries = 1;; ++tries) {
    JobResult result = supervise(job);
    const bool failed = result.limit.empty() && result.stopped.empty() && result.exit_code != 0;
    if (tries == kMostKills || !failed) return result;
    if (!was_killed(result) && !driver_tells_of_a_kill(job.log)) return result;
  }
}

}  // namespace tern
