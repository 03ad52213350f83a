#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "tern/contract/knob_description.h"
#include "tern/lab_files/lab.h"
#include "tern/recipe/toolchain.h"
#include "tern/sandbox/supervise.h"

namespace tern {

// Building and running a recipe's program, which nobody has read: in a sandbox, under limits.

/// What to build and where.
struct BuildOrder {
  std::filesystem::path source;   // the recipe's text
  std::filesystem::path program;  // is there afterwards, if it compiled
  std::filesystem::path log;      // what the compiler said
  Sandbox::Kind sandbox = Sandbox::Kind::kNone;
  std::function<std::string(double seconds)> watch;  // see Job; may be empty
};

/// Compiles and links a recipe; the compiler reads the recipe, Tern's headers and libraries and the
/// system's files, and writes beside the program. It compiled if the result has no limit, nothing
/// that stopped it, and exit code 0.
JobResult build_recipe(const Toolchain& toolchain, const BuildOrder& order);

/// A job that runs a recipe's program: it reads the lab's full-precision model, writes `folder` and
/// nothing else, has no network and none of the caller's environment, and may take what lab.toml's
/// [limits] say. The command has --run-dir; further flags, the time, the log, and an attendant (see
/// run_attended) are the caller's.
Job recipe_job(const Lab& lab, const std::filesystem::path& program,
               const std::filesystem::path& folder, Sandbox::Kind sandbox);

/// What a program says of its knobs (its `--describe`), as these flags set them. It reads nothing
/// but the system's files and has a few seconds. Throws an Error when it fails or says something
/// else, a WrongUse when it refuses the values; `ended`, if given, is how the program ended in any
/// case.
RecipeDescription describe_recipe(const std::filesystem::path& program, Sandbox::Kind sandbox,
                                  const std::vector<std::string>& flags = {},
                                  JobResult* ended = nullptr);

}  // namespace tern
