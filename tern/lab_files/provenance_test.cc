#include "tern/lab_files/provenance.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "tern/base/file.h"

namespace tern {
namespace {

class ProvenanceTest : public ::testing::Test {
 protected:
  ProvenanceTest() {
    char name[] = "/tmp/tern-provenance-XXXXXX";
    folder_ = mkdtemp(name);
  }
  ~ProvenanceTest() override { std::filesystem::remove_all(folder_); }

  Provenance made_from(const char* source) const {
    return {folder_ / "file", Json::Object{{"source", source}}};
  }

  std::filesystem::path folder_;
};

TEST_F(ProvenanceTest, AFileFromTheSameInputsIsUpToDate) {
  EXPECT_FALSE(made_from("a").up_to_date());
  write_file_atomically(folder_ / "file", "text");
  EXPECT_FALSE(made_from("a").up_to_date());
  made_from("a").note();
  EXPECT_TRUE(made_from("a").up_to_date());
  EXPECT_FALSE(made_from("b").up_to_date());
}

TEST_F(ProvenanceTest, AFileThatWasReplacedSinceIsNot) {
  write_file_atomically(folder_ / "file", "text");
  made_from("a").note();
  write_file_atomically(folder_ / "file", "other text");
  EXPECT_FALSE(made_from("a").up_to_date());
}

TEST_F(ProvenanceTest, ADamagedNoteOnlyMeansMakingItAgain) {
  write_file_atomically(folder_ / "file", "text");
  write_file_atomically(folder_ / "file.from.json", "{");
  EXPECT_FALSE(made_from("a").up_to_date());
}

}  // namespace
}  // namespace tern
