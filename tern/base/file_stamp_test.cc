#include "tern/base/file_stamp.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"

namespace tern {
namespace {
namespace fs = std::filesystem;

/// Until the clock of files has ticked.
void wait() { ::usleep(60'000); }

TEST(FileStamp, ReadingLeavesItAndWritingTheSameBytesDoesNot) {
  const TemporaryFolder folder;
  const fs::path file = folder / "a";
  write_file_atomically(file, "one");
  const std::string stamp = file_stamp(file);
  wait();
  read_file(file);
  EXPECT_EQ(file_stamp(file), stamp);
  write_file_atomically(file, "one");
  EXPECT_NE(file_stamp(file), stamp);
}

TEST(FileStamp, ResettingTheTimeOfWritingDoesNotHideAChange) {
  const TemporaryFolder folder;
  const fs::path file = folder / "a";
  write_file_atomically(file, "one");
  const std::string stamp = file_stamp(file);
  const auto time = fs::last_write_time(file);
  wait();
  append_file(file, "");
  fs::last_write_time(file, time);
  EXPECT_NE(file_stamp(file), stamp);
}

TEST(FileStamp, ALinkIsStampedItself) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "a", "one");
  fs::create_symlink("a", folder / "link");
  const std::string stamp = file_stamp(folder / "link");
  write_file_atomically(folder / "a", "two!");
  EXPECT_EQ(file_stamp(folder / "link"), stamp);
}

TEST(FileStamp, IsEmptyWithoutAFile) { EXPECT_EQ(file_stamp("/no/such/file"), ""); }

TEST(FileStamp, IsSettledOnceTheClockOfFilesHasTicked) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "a", "one");
  EXPECT_FALSE(stamp_is_settled(folder / "a"));
  wait();
  EXPECT_TRUE(stamp_is_settled(folder / "a"));
}

}  // namespace
}  // namespace tern
