#include "loop/record/run_files.h"

#include <set>

#include "tern/base/error.h"
#include "tern/base/sha256.h"
#include "tern/contract/run_summary.h"
#include "tern/sandbox/untrusted_file.h"

namespace tern::loop {
namespace fs = std::filesystem;
namespace {

constexpr uint64_t kMostOfTable = 64 << 20;  // bytes; nobody reads on behind them

std::string hash_of_table(const fs::path& file) {
  const std::optional<std::string> text = read_untrusted(file, kMostOfTable);
  return text ? sha256_of(*text) : "";
}

/// Of a model's file; empty for what is no plain file, or cannot be read: then it has no score.
std::string hash_of_plain(const fs::path& file) try {
  return fs::is_regular_file(fs::symlink_status(file)) ? sha256_of_file(file) : "";
} catch (const Error&) {
  return "";
}

std::string hash_of_model(const fs::path& folder) {
  if (!fs::is_directory(fs::symlink_status(folder))) return "";
  std::set<fs::path> files;
  std::error_code unreadable;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, unreadable)) {
    files.insert(entry.path());
  }
  std::string all;
  for (const fs::path& file : files) {
    all += fmt::format("{} {}\n", hash_of_plain(file), file.filename().string());
  }
  return sha256_of(all);
}

}  // namespace

RunFiles files_of_run(const fs::path& folder) {
  return {.program = "",
          .steps = hash_of_table(folder / "steps.tsv"),
          .summary = hash_of_table(folder / RunSummary::kFile),
          .model = hash_of_model(folder / "model")};
}

std::string altered(const Lab& lab, int64_t experiment, int64_t run,
                    const std::optional<RunFiles>& known, std::string RunFiles::*file) {
  const fs::path folder = kept_run(lab, experiment, run);
  if (!known) {
    return fmt::format("an older Tern kept no hashes of {}, so nothing in it is used",
                       folder.string());
  }
  if (files_of_run(folder).*file == (*known).*file) return "";
  const char* name = file == &RunFiles::model   ? "model"
                     : file == &RunFiles::steps ? "steps.tsv"
                                                : RunSummary::kFile;
  return fmt::format("{} is not what the run left there", (folder / name).string());
}

fs::path kept_run(const Lab& lab, int64_t experiment, int64_t run) {
  return lab.experiment(experiment) / std::to_string(run) / "run";
}

}  // namespace tern::loop
