#include "tern/lab_files/data_seed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/error_message_test_util.h"
#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"

namespace tern {
namespace {

using ::testing::HasSubstr;

class DataSeed : public ::testing::Test {
 protected:
  DataSeed() { write_file_atomically(folder_ / "lab.toml", "version = 1\n"); }

  Lab lab() const { return Lab::find(folder_.path()); }

  TemporaryFolder folder_;
};

TEST_F(DataSeed, IsTheOneThatTheLabWasGiven) {
  write_data_seed(folder_.path(), 42);
  EXPECT_EQ(data_seed(lab()), 42);
}

TEST_F(DataSeed, IsDrawnOnceForALabThatHasNone) {
  const int64_t drawn = data_seed(lab());
  EXPECT_GE(drawn, 0);
  EXPECT_EQ(data_seed(lab()), drawn);
  EXPECT_NE(draw_data_seed(), drawn);
}

TEST_F(DataSeed, LiesWhereNoSandboxReads) {
  data_seed(lab());
  EXPECT_TRUE(std::filesystem::exists(folder_ / ".tern/data-seed"));
}

TEST_F(DataSeed, AFileThatHoldsNoneIsNamed) {
  write_data_seed(folder_.path(), 42);
  for (const char* wrong : {"", "x\n", "42x\n", "-1\n"}) {
    write_file_atomically(folder_ / ".tern/data-seed", wrong);
    EXPECT_THAT(error_message([&] { data_seed(lab()); }), HasSubstr(".tern/data-seed")) << wrong;
  }
}

TEST(DerivedSeed, DependsOnTheDataSeedAndThePurpose) {
  EXPECT_EQ(derived_seed(7, "one"), derived_seed(7, "one"));
  EXPECT_NE(derived_seed(7, "one"), derived_seed(7, "two"));
  EXPECT_NE(derived_seed(7, "one"), derived_seed(8, "one"));
}

}  // namespace
}  // namespace tern
