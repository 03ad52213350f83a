#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tern/base/file.h"
#include "tern/base/process.h"
#include "tern/base/temporary_folder.h"

namespace tern {

/// Tests of `tern` as a person runs it, without settings of that person.
class Commands : public ::testing::Test {
 protected:
  Commands() {
    // No settings of the person who runs the test, and no cache of theirs.
    setenv("HOME", folder_.path().c_str(), 1);
    setenv("XDG_CACHE_HOME", (folder_ / "cache").c_str(), 1);
    setenv("XDG_CONFIG_HOME", (folder_ / "config").c_str(), 1);
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    for (const char* name : {"GIT_DIR", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "TERN_HOME"}) {
      unsetenv(name);
    }
  }

  CapturedRun tern(std::vector<std::string> arguments, const std::filesystem::path& where) const {
    arguments.insert(arguments.begin(), TERN_PROGRAM);
    return capture_process(arguments, false, where);
  }
  CapturedRun git(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "git");
    return capture_process(arguments, false, lab());
  }

  std::filesystem::path lab() const { return folder_ / "lab"; }
  CapturedRun make_lab(const std::string& preset = "demo") const {
    return tern({"new", lab(), "--preset", preset, "--data-seed", "0"}, folder_.path());
  }

  std::filesystem::path write(const std::string& name, const std::string& text) const {
    write_file_atomically(folder_ / name, text);
    return folder_ / name;
  }

  TemporaryFolder folder_;
};

}  // namespace tern
