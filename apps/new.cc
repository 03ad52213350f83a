#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/flags.h"
#include "tern/base/home.h"
#include "tern/base/process.h"
#include "tern/lab_files/data_seed.h"
#include "tern/recipe/overrides.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

fs::path templates_folder() { return tern_home() / "share" / "tern" / "lab"; }

/// One folder for each preset, with a lab.toml and the recipe's defaults.
fs::path presets_folder() { return templates_folder() / "presets"; }

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(presets_folder())) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// The template of train.cpp with a preset's overrides.
std::string recipe_of(const fs::path& templates, const fs::path& preset) {
  return with_overrides(read_file(templates / "train.cpp"), read_file(preset / "overrides.txt"));
}

void write_lab(const fs::path& folder, const fs::path& templates, const fs::path& preset) {
  const auto copy = [&](const fs::path& from, const char* name) {
    write_file_atomically(folder / name, read_file(from));
  };
  copy(preset / "lab.toml", "lab.toml");
  copy(templates / "program.md", "program.md");
  copy(templates / "lab.gitignore", ".gitignore");
  write_file_atomically(folder / "train.cpp", recipe_of(templates, preset));
}

void git(const fs::path& folder, const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {"git", "-C", folder.string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const CapturedRun run = capture_process(command);
  check(run.exit_code == 0, "git failed in {}: {}", folder.string(), run.output);
}

/// True when git knows who commits.
bool has_identity(const fs::path& folder) {
  const auto set = [&](const char* key) {
    return capture_process({"git", "-C", folder.string(), "config", key}).exit_code == 0;
  };
  return set("user.name") && set("user.email");
}

void commit_lab(const fs::path& folder, const std::string& preset) {
  git(folder, {"init", "--quiet", "--initial-branch=main"});
  git(folder, {"add", "--all"});
  std::vector<std::string> commit;
  if (!has_identity(folder)) {
    commit = {"-c", "user.name=tern", "-c", "user.email=tern@localhost"};
  }
  commit.insert(commit.end(), {"commit", "--quiet", "-m", "Start from the preset " + preset});
  git(folder, commit);
}

/// Makes the lab; what there is of it goes away again when that fails.
void make_lab(const fs::path& folder, const fs::path& templates, const fs::path& preset,
              int64_t seed) {
  check(!fs::exists(folder) || (fs::is_directory(folder) && fs::is_empty(folder)),
        "{} is there already and not empty, and nothing is overwritten; choose another folder",
        folder.string());
  fs::create_directories(folder);
  try {
    write_lab(folder, templates, preset);
    write_data_seed(folder, seed);
    commit_lab(folder, preset.filename().string());
  } catch (...) {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      fs::remove_all(entry.path());
    }
    throw;
  }
}

struct NewOptions {
  std::string folder;
  std::string preset = "demo";
  std::optional<int64_t> data_seed;

  void add_to(Flags& flags) {
    flags.add_positional("DIR", folder, "a folder that does not exist yet, or is empty");
    flags.add("preset", preset, "model, texts and budget to begin with: " + listed(preset_names()));
    flags.add(
        "data_seed", data_seed,
        "what decides the demo's texts and the seeds of runs; else drawn, and known to nobody");
  }
  void check() const {
    const std::vector<std::string> names = preset_names();
    tern::check(std::find(names.begin(), names.end(), preset) != names.end(),
                "there is no preset \"{}\"; {}", preset, name_hint(preset, names));
    require_not_negative({{"data_seed", static_cast<double>(data_seed.value_or(0))}});
  }
};

int new_lab(const NewOptions& options) {
  make_lab(options.folder, templates_folder(), presets_folder() / options.preset,
           options.data_seed ? *options.data_seed : draw_data_seed());
  fmt::print("made the lab {} from the preset {}\n", options.folder, options.preset);
  if (options.data_seed) {
    fmt::print(
        "its data seed is {}: whoever knows it can make the demo's texts; leave out "
        "--data-seed where a score has to convince\n",
        *options.data_seed);
  }
  fmt::print("next: cd {} && tern prepare && tern train\n", options.folder);
  return kSuccess;
}

const RegisterCommand new_command(
    {.name = "new",
     .summary = "make a lab from a preset",
     .group = CommandGroup::kLab,
     .place = 1,
     .description = "Makes a lab: a git repository with lab.toml, program.md and train.cpp.",
     .options = runs(new_lab)});

}  // namespace
}  // namespace tern
