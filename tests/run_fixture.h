#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "tern/base/command.h"
#include "tern/base/json.h"
#include "tern/base/sha256.h"
#include "tests/tiny_lab.h"

namespace tern {

using FlagList = std::vector<std::string>;
using Rows = std::vector<std::vector<std::string>>;

inline FlagList operator+(FlagList flags, const FlagList& more) {
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

/// Tests of the recipe as a process, each with a lab of its own.
class RunTest : public ::testing::Test {
 protected:
  /// A run that has to succeed; what it printed.
  std::string train(const std::string& run, const FlagList& flags = {}) const {
    const CapturedRun ended = lab_.train(run, flags);
    EXPECT_EQ(ended.exit_code, 0) << ended.output;
    return ended.output;
  }
  /// A run that has to fail, for what it is told or for what it finds; what it printed.
  std::string refuse(const FlagList& flags, const std::string& run = "refused") const {
    const CapturedRun ended = lab_.train(run, flags);
    EXPECT_TRUE(ended.exit_code == kUsage || ended.exit_code == kFailure) << ended.output;
    EXPECT_FALSE(std::filesystem::exists(lab_.run_folder(run) / "model"));
    return ended.output;
  }

  std::filesystem::path model(const std::string& run) const {
    return lab_.run_folder(run) / "model";
  }
  std::filesystem::path checkpoint(const std::string& run) const {
    return lab_.run_folder(run) / "checkpoint.safetensors";
  }
  /// The bytes of a run's packed model, in short.
  std::string weights(const std::string& run) const {
    return sha256_of_file(model(run) / "model.safetensors");
  }
  /// A figure of a run's summary.json, as text.
  std::string summary(const std::string& run, const char* key) const {
    return Json::read(lab_.run_folder(run) / "summary.json").at(key).dump();
  }
  /// The rows of results.tsv, split into columns; the first names them.
  Rows results() const { return rows_of(lab_.lab().results()); }
  /// The same of a table in a run's folder, such as steps.tsv.
  Rows table(const std::string& run, const char* name) const {
    return rows_of(lab_.run_folder(run) / name);
  }
  static Rows rows_of(const std::filesystem::path& path) {
    Rows rows;
    std::istringstream text(read_file(path));
    for (std::string line; std::getline(text, line);) {
      std::istringstream columns(line);
      rows.emplace_back();
      for (std::string value; std::getline(columns, value, '\t');) rows.back().push_back(value);
    }
    return rows;
  }

  TinyLab lab_;
};

/// A lab with the recipe as `tern new` leaves it, for commands that compile it.
class RecipeLabTest : public RunTest {
 protected:
  RecipeLabTest() {
    unsetenv("TERN_HOME");
    std::filesystem::copy_file(TERN_SOURCE_DIR "/lab/train.cpp", lab_.lab().recipe());
  }
};

}  // namespace tern
