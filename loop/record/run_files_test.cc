#include "loop/record/run_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"

namespace tern::loop {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A run as it ended, and the hashes that were taken then.
class RunFilesTest : public testing::Test {
 protected:
  RunFilesTest() {
    write_file_atomically(folder_ / "lab.toml", "version = 1\n");
    lab_ = Lab::find(folder_.path());
    fs::create_directories(run() / "model");
    write_file_atomically(run() / "steps.tsv", "step\n1\n");
    write_file_atomically(run() / "summary.json", "{}");
    write_file_atomically(run() / "model" / "config.json", "{}");
    write_file_atomically(run() / "model" / "model.safetensors", "weights");
    known_ = files_of_run(run());
  }
  fs::path run() const { return kept_run(lab_, 7, 2); }
  std::string why(std::string RunFiles::*file) const { return altered(lab_, 7, 2, known_, file); }

  TemporaryFolder folder_;
  Lab lab_;
  std::optional<RunFiles> known_;
};

TEST_F(RunFilesTest, WhatNobodyTouchedMayBeUsed) {
  for (const auto file : {&RunFiles::steps, &RunFiles::summary, &RunFiles::model}) {
    EXPECT_EQ(why(file), "");
  }
}

TEST_F(RunFilesTest, AChangedFileIsNamedAndTheOthersMayBeUsed) {
  write_file_atomically(run() / "steps.tsv", "step\n2\n");
  EXPECT_THAT(why(&RunFiles::steps), HasSubstr("0007/2/run/steps.tsv is not what the run left"));
  EXPECT_EQ(why(&RunFiles::model), "");
}

TEST_F(RunFilesTest, AModelIsAllOfItsFiles) {
  const auto differs = [&] { return !why(&RunFiles::model).empty(); };
  write_file_atomically(run() / "model" / "more.safetensors", "");
  EXPECT_TRUE(differs());
  fs::remove(run() / "model" / "more.safetensors");
  EXPECT_FALSE(differs());
  fs::rename(run() / "model" / "config.json", run() / "model" / "other.json");
  EXPECT_TRUE(differs());
  fs::remove_all(run() / "model");
  EXPECT_TRUE(differs());
}

TEST_F(RunFilesTest, WhatIsNoPlainFileHasNoHashAndBlocksNobody) {
  fs::remove(run() / "steps.tsv");
  ASSERT_EQ(::mkfifo((run() / "steps.tsv").c_str(), 0600), 0);
  fs::remove(run() / "summary.json");
  fs::create_symlink("model/config.json", run() / "summary.json");
  const RunFiles now = files_of_run(run());
  EXPECT_EQ(now.steps, "");
  EXPECT_EQ(now.summary, "");
}

TEST_F(RunFilesTest, NothingOfARunWithoutHashesIsUsed) {
  known_.reset();
  EXPECT_THAT(why(&RunFiles::model), HasSubstr("an older Tern kept no hashes"));
}

}  // namespace
}  // namespace tern::loop
