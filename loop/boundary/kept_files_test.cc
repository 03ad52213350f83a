#include "loop/boundary/kept_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"

namespace tern::loop {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class KeptFilesTest : public testing::Test {
 protected:
  KeptFilesTest() {
    write_file_atomically(folder_ / "lab.toml", "version = 1\n");
    lab_ = Lab::find(folder_.path());
    write("experiments/0001/1/run/steps.tsv");
    write("confirm.json");
  }
  fs::path tern() const { return folder_ / ".tern"; }
  void write(const std::string& name) const {
    fs::create_directories((tern() / name).parent_path());
    write_file_atomically(tern() / name, "text");
  }

  TemporaryFolder folder_;
  Lab lab_;
};

TEST_F(KeptFilesTest, NothingIsSaidOfWhatNobodyTouched) {
  const KeptFiles kept(lab_);
  EXPECT_EQ(kept.changed(), "");
}

TEST_F(KeptFilesTest, AFileThatWasWrittenAgainIsNamedThoughItHoldsTheSame) {
  const KeptFiles kept(lab_);
  write("experiments/0001/1/run/steps.tsv");
  EXPECT_THAT(kept.changed(), AllOf(HasSubstr("steps.tsv was changed")));
}

TEST_F(KeptFilesTest, AFileThatWasAddedAnywhereIsNamed) {
  for (const char* name : {"experiments/0002/train-1", "experiments/0001/1/run/model/x", "new"}) {
    const KeptFiles kept(lab_);
    write(name);
    EXPECT_THAT(kept.changed(), HasSubstr(std::string(name) + " was added")) << name;
  }
}

TEST_F(KeptFilesTest, ALinkInThePlaceOfAFolderIsNamed) {
  const KeptFiles kept(lab_);
  fs::remove_all(tern() / "experiments" / "0001");
  fs::create_symlink("/usr", tern() / "experiments" / "0001");
  EXPECT_THAT(kept.changed(), HasSubstr("experiments/0001 was added"));
}

TEST_F(KeptFilesTest, WhatTheLoopItselfDoesMeanwhileDoesNotCount) {
  const KeptFiles kept(lab_);
  write("experiments/0002/1/run/steps.tsv");
  EXPECT_EQ(kept.changed(lab_.experiment(2)), "");
}

TEST_F(KeptFilesTest, WhatOtherCommandsAndAgentsWriteDoesNotCount) {
  const KeptFiles kept(lab_);
  for (const char* name : {"runs/0001/flags.json", "cache/train-1", "agent/0002/log.txt",
                           "run/train", "status.json", "ablation/run/x"}) {
    write(name);
  }
  fs::remove(tern() / "confirm.json");
  EXPECT_EQ(kept.changed(), "");
}

}  // namespace
}  // namespace tern::loop
