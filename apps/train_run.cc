#include "apps/train_run.h"

#include "apps/recipe_flags.h"
#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/remove_tree.h"
#include "tern/contract/run_summary.h"
#include "tern/runner/run_folder.h"
#include "tern/sandbox/untrusted_file.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

constexpr const char *kFlags = "flags.json", *kRecipe = "train.cpp",
                     *kCheckpoint = "checkpoint.safetensors";
constexpr uint64_t kMostBytes = 4 << 20;  // of a recipe, or of its flags

bool has(const fs::path& run, const char* file) {
  return fs::exists(fs::symlink_status(run / file));
}

/// The newest of the lab's runs, which are numbered folders, that `counts`; empty when none does.
fs::path newest_run(const Lab& lab, const std::function<bool(const fs::path&)>& counts) {
  fs::path newest;
  if (!fs::exists(lab.runs())) return newest;
  for (const fs::directory_entry& run : fs::directory_iterator(lab.runs())) {
    const bool numbered =
        run.path().filename().string().find_first_not_of("0123456789") == std::string::npos;
    if (numbered && run.path() > newest && counts(run.path())) newest = run.path();
  }
  return newest;
}

void write_flags(const fs::path& folder, const std::vector<std::string>& flags) {
  replace_untrusted(folder / kFlags, Json(Json::Array(flags.begin(), flags.end())).dump() + "\n");
}

/// The flags as the run's folder has them, in which its program may write.
std::vector<std::string> read_flags(const fs::path& folder) {
  const fs::path file = folder / kFlags;
  const auto text = read_untrusted(file, kMostBytes);
  check(text.has_value(), "{} is not there, so the run cannot be resumed", file.string());
  const Json json = Json::parse(*text, file.string());
  std::vector<std::string> flags;
  for (const Json& flag : json.items()) flags.push_back(flag.as_string());
  return flags;
}

}  // namespace

TrainRun TrainRun::start(const Lab& lab, std::vector<std::string> flags) {
  fs::create_directories(lab.runs());
  const fs::path last = newest_run(lab, [](const fs::path&) { return true; });
  int number = last.empty() ? 0 : std::stoi(last.filename().string());
  TrainRun run{.folder = {}, .flags = with_budget(lab.config().budget, flags), .trained = false};
  do {
    run.folder = lab.runs() / fmt::format("{:04}", ++number);
  } while (!fs::create_directory(run.folder));
  run.keep_flags();
  write_file_atomically(run.folder / kRecipe, read_file(lab.recipe()));
  return run;
}

TrainRun TrainRun::resume(const Lab& lab, const std::vector<std::string>& given, bool force,
                          const Describe& describe,
                          const std::function<void(std::string_view)>& say) {
  // One that failed or had a wrong flag may have left newer ones with neither.
  TrainRun run{.folder = newest_run(lab,
                                    [](const fs::path& folder) {
                                      return has(folder, kCheckpoint) ||
                                             has(folder, RunSummary::kFile);
                                    }),
               .flags = {},
               .trained = false};
  check(!run.folder.empty(),
        "no stopped run to resume in {}; a run that was stopped by a signal can be resumed",
        lab.runs().string());
  const std::string number = run.folder.filename().string();
  run.trained = has(run.folder, RunSummary::kFile);
  check(!run.trained || !read_run_summary(run.folder).score,
        "run {}, the newest, has finished, so there is nothing to go on with; start another with "
        "`tern train`",
        number);
  check(read_untrusted(run.folder / kRecipe, kMostBytes) == read_file(lab.recipe()),
        "{} has changed since run {} started; bring back {}, or start anew without --resume",
        lab.recipe().string(), number, (run.folder / kRecipe).string());
  run.flags = read_flags(run.folder);
  if (given.empty()) return run;
  const std::vector<std::string> all = with_more(run.flags, given);
  const std::string changes = changed_values(describe(run.flags), describe(all));
  if (changes.empty()) return run;
  check(force && !run.trained,
        "run {} began with other values, and its schedules would be of both kinds: {}; leave these "
        "flags out to go on as it began, or add --force to go on with them",
        number, changes);
  say(fmt::format("run {} goes on with other values than it began with: {}", number, changes));
  run.flags = all;
  return run;
}

void TrainRun::keep_flags() const { write_flags(folder, flags); }

void TrainRun::remove_if_nothing_ran() const {
  std::error_code ignored;
  const fs::directory_iterator files(folder, ignored);
  // Flags and recipe are there from the start.
  if (!ignored && std::distance(files, {}) == 2) remove_tree(folder);
}

}  // namespace tern
