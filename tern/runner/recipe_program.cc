#include "tern/runner/recipe_program.h"

#include <unistd.h>

#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/passing_folder.h"
#include "tern/base/process.h"
#include "tern/base/temporary_folder.h"
#include "tern/contract/json_form.h"
#include "tern/runner/killed.h"
#include "tern/runner/model_paths.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

constexpr double kLongestBuild = 300;               // seconds
constexpr int64_t kBuildMemory = int64_t{6} << 30;  // cc1plus takes 0.5 GB for the shipped recipe
constexpr int64_t kBuildDisk = int64_t{2} << 30;
constexpr int64_t kBuildFile = int64_t{512} << 20;
constexpr int64_t kFewTasks = 64;           // besides a thread on each processor
constexpr double kLongestDescription = 20;  // seconds, of which it needs one on a busy machine
constexpr int64_t kDescriptionMemory = int64_t{1} << 30;
constexpr int64_t kDescriptionBytes = 1 << 20;

/// The sentence by which a recipe refuses values that make no sense together, as run_main() prints
/// it; empty where it ended otherwise.
std::string refusal_in(const JobResult& result, const std::string& output) {
  constexpr std::string_view kRefusal = "train: ";
  const std::string line = last_line(output);
  const bool refused = result.exit_code == kUsage && line.starts_with(kRefusal);
  return refused ? line.substr(kRefusal.size()) : "";
}

}  // namespace

JobResult build_recipe(const Toolchain& toolchain, const BuildOrder& order) {
  const PassingFolder workspace(order.program.string() + fmt::format(".build-{}", ::getpid()));
  fs::create_directories(workspace.path());
  const fs::path made = workspace.path() / "train";
  Job job;
  job.command = toolchain.command(order.source, made);
  job.folder = workspace.path();
  job.log = order.log;
  job.environment = {{"PATH", "/usr/bin:/bin"},
                     {"LANG", "C.UTF-8"},
                     {"TMPDIR", workspace.path().string()},
                     {kJobMark, workspace.path().string()}};
  job.limits = {.seconds = kLongestBuild,
                .memory_bytes = kBuildMemory,
                .tasks = tasks_for_threads(kFewTasks),
                .folder_bytes = kBuildDisk,
                .file_bytes = kBuildFile};
  job.sandbox = {.kind = order.sandbox, .read = system_folders(), .write = {workspace.path()}};
  const std::vector<fs::path> inputs = toolchain.inputs();
  job.sandbox.read.insert(job.sandbox.read.end(), inputs.begin(), inputs.end());
  job.sandbox.read.push_back(order.source);
  job.watch = order.watch;
  const JobResult result = supervise_unkilled(job);
  if (result.stopped.empty() && result.limit.empty() && result.exit_code == 0) {
    // The sandbox lets no linker set a file's mode.
    fs::permissions(made, fs::perms::owner_all);
    fs::rename(made, order.program);
  }
  return result;
}

Job recipe_job(const Lab& lab, const fs::path& program, const fs::path& folder,
               Sandbox::Kind sandbox) {
  const LimitsConfig& limits = lab.config().limits;
  const LabManifest manifest = LabManifest::read(lab);
  const auto disk = static_cast<int64_t>(limits.disk_gb * 1e9);
  Job job;
  job.command = {program.string(), "--run-dir", folder.string()};
  job.folder = folder;
  job.environment = {{"PATH", "/usr/bin:/bin"},
                     {"LANG", "C.UTF-8"},
                     {"HOME", folder.string()},
                     {"TMPDIR", folder.string()},
                     {kJobMark, folder.string()}};
  job.limits = {.memory_bytes = static_cast<int64_t>(limits.memory_gb * 1e9),
                .tasks = limits.processes > 0 ? tasks_for_threads(limits.processes) : 0,
                .folder_bytes = disk,
                .file_bytes = disk};
  job.sandbox = {
      .kind = sandbox, .read = system_folders(), .write = {folder}, .counts_children = true};
  std::vector<fs::path>& read = job.sandbox.read;
  read.push_back(program);
  const std::vector<fs::path> model = model_paths(manifest.model);
  read.insert(read.end(), model.begin(), model.end());
  return job;
}

RecipeDescription describe_recipe(const fs::path& program, Sandbox::Kind sandbox,
                                  const std::vector<std::string>& flags, JobResult* ended) {
  const TemporaryFolder outside;
  Job job;
  job.command = {program.string(), "--describe"};
  job.command.insert(job.command.end(), flags.begin(), flags.end());
  job.folder = "/";
  job.log = outside / "description";
  job.environment = {{"PATH", "/usr/bin:/bin"}, {"LANG", "C.UTF-8"}};
  job.limits = {.seconds = kLongestDescription,
                .memory_bytes = kDescriptionMemory,
                .tasks = tasks_for_threads(kFewTasks),
                .log_bytes = kDescriptionBytes};
  job.sandbox = {.kind = sandbox, .read = system_folders(), .write = {}};
  job.sandbox.read.push_back(program);
  const JobResult result = supervise_unkilled(job);
  if (ended != nullptr) *ended = result;
  const std::string output = read_file(job.log);
  check(result.limit.empty(), "the recipe does not describe its knobs: {}", result.limit);
  if (const std::string refusal = refusal_in(result, output); !refusal.empty()) {
    throw WrongUse(fmt::format("the recipe refuses these values: {}", refusal));
  }
  check(result.exit_code == 0, "the recipe does not describe its knobs: exit code {}: {}",
        result.exit_code, last_line(output));
  const std::string_view description = json_object_in(output);
  check(!description.empty(),
        "the recipe does not describe its knobs: expected JSON from --describe, found \"{}\"",
        last_line(output));
  return RecipeDescription::parse_untrusted(description);
}

}  // namespace tern
