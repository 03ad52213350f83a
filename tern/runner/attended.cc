#include "tern/runner/attended.h"

#include <unistd.h>

#include <memory>
#include <optional>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/home.h"
#include "tern/base/sha256.h"
#include "tern/base/status_line.h"
#include "tern/base/temporary_folder.h"
#include "tern/base/timer.h"
#include "tern/recipe/overrides.h"
#include "tern/runner/recipe_program.h"
#include "tern/runner/sandbox_choice.h"
#include "tern/runner/stop_signals.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

constexpr const char* kStoppedByUser = "stopped by the user";

/// Tells a second request to stop from the first one's echo.
class StopRequests {
 public:
  /// 0: none; 1: to end after the step; 2: to end at once.
  int level() {
    const int signals = stop_signals();
    if (signals == 0) return 0;
    constexpr double kSameRequest = 1;  // seconds
    if (!since_first_) since_first_.emplace();
    if (since_first_->seconds() < kSameRequest) of_first_ = signals;
    return signals > of_first_ ? 2 : 1;
  }

 private:
  std::optional<Timer> since_first_;
  int of_first_ = 0;
};

/// The caller's environment: all of it, or what decides how threads and matrix products work.
std::vector<std::pair<std::string, std::string>> callers_environment(bool all) {
  std::vector<std::pair<std::string, std::string>> found;
  for (char** entry = ::environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const size_t equals = text.find('=');
    bool wanted = all;
    for (const char* prefix : {"OMP_", "GOMP_", "DNNL_", "ONEDNN_"}) {
      wanted = wanted || text.starts_with(prefix);
    }
    if (wanted && equals != text.npos)
      found.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return found;
}

}  // namespace

Attended::Attended(bool sandboxed, const std::function<void(std::string_view)>& say)
    : sandboxed_(sandboxed), sandbox_(choose_sandbox(sandboxed, say)) {
  count_stop_signals();
}

fs::path Attended::build(const fs::path& source, const fs::path& cache) const {
  require_overrides(read_file(source));
  const Toolchain toolchain = Toolchain::read(tern_home());
  const std::string key = sha256_of(toolchain.fingerprint() + read_file(source));
  const fs::path program = fs::absolute(cache) / ("train-" + key.substr(0, 16));
  if (fs::exists(program)) return program;
  fs::create_directories(cache);
  const TemporaryFolder logs;
  const fs::path log = logs / "build.log";
  StatusLine status;
  const JobResult result = build_recipe(
      toolchain,
      {.source = source,
       .program = program,
       .log = log,
       .sandbox = sandbox_,
       .watch = watch([&](double seconds) {
         if (status.due()) {
           status.show(fmt::format("building {}: {:.0f} s", source.filename().string(), seconds));
         }
       })});
  status.clear();
  check(result.stopped.empty(), "{} while {} was built", result.stopped, source.string());
  check(result.limit.empty(), "building {}: {}", source.string(), result.limit);
  check(result.exit_code == 0, "{} does not compile:\n{}", source.string(), read_file(log));
  return program;
}

RecipeDescription Attended::describe(const fs::path& program,
                                     const std::vector<std::string>& flags) const {
  return describe_recipe(program, sandbox_, flags);
}

Job Attended::job(const Lab& lab, const fs::path& program, const fs::path& folder) const {
  Job job = recipe_job(lab, program, folder, sandbox_);
  job.limits.folder_bytes = job.limits.file_bytes = 0;
  if (!sandboxed_) job.environment = {{kJobMark, folder.string()}};
  const auto more = callers_environment(!sandboxed_);
  job.environment.insert(job.environment.end(), more.begin(), more.end());
  return job;
}

AttendantOrder Attended::attendant(const Lab& lab, const fs::path& log) const {
  const bool reads_input = LabManifest::read(lab).train_source.starts_with("-");
  return {.program = fs::read_symlink("/proc/self/exe"),
          .lab = lab.root(),
          .results_file = {},
          .experiment = {},
          .commit = {},
          .input = reads_input ? STDIN_FILENO : -1,
          .log = log};
}

Job Attended::help_job(const fs::path& program, const fs::path& folder) const {
  constexpr double kLongestHelp = 20;  // seconds
  Job job;
  job.command = {program.string(), "--help"};
  job.folder = folder;
  job.environment = {{"PATH", "/usr/bin:/bin"}, {"LANG", "C.UTF-8"}};
  job.limits.seconds = kLongestHelp;
  job.sandbox = {.kind = sandbox_, .read = system_folders(), .write = {folder}};
  job.sandbox.read.push_back(program);
  return job;
}

AttendedRun Attended::run(const Job& job, const AttendantOrder& attendant) const {
  return run_attended(job, attendant, [this](const Job& prepared) { return run(prepared); });
}

JobResult Attended::run(Job job) const {
  const auto requests = std::make_shared<StopRequests>();
  job.limits.grace_seconds = 0;  // a step and a checkpoint take what they take
  job.end_now = [requests] { return requests->level() > 1; };
  job.watch = [requests](double) -> std::string {
    return requests->level() > 0 ? kStoppedByUser : "";
  };
  return supervise(job);
}

Scorer Attended::scorer(const Lab& lab, int64_t max_tokens) const {
  return Scorer({.evaluator = fs::read_symlink("/proc/self/exe"),
                 .base = LabManifest::read(lab).model,
                 .sandbox = sandbox_,
                 .max_tokens = max_tokens,
                 .cache = lab.cache()});
}

Scorer::Watch Attended::watch(std::function<void(double)> tick) {
  return [tick = std::move(tick)](double seconds) -> std::string {
    if (tick) tick(seconds);
    return stop_asked() ? kStoppedByUser : "";
  };
}

bool Attended::stop_asked() { return stop_signals() > 0; }

}  // namespace tern
