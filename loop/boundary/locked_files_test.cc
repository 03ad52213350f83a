#include "loop/boundary/locked_files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"

namespace tern::loop {
namespace {
namespace fs = std::filesystem;

/// A locked file, a locked folder with a file in it, and a link into a cache, as the hub's.
class LockedFilesTest : public testing::Test {
 protected:
  LockedFilesTest() {
    fs::create_directories(folder_ / "data");
    fs::create_directories(folder_ / "cache");
    write_file_atomically(toml(), "seconds = 300\n");
    write_file_atomically(tokens(), "0123456789");
    write_file_atomically(folder_ / "cache" / "blob", "weights");
    fs::create_symlink("../cache/blob", link());
  }

  fs::path toml() const { return folder_ / "lab.toml"; }
  fs::path tokens() const { return folder_ / "data" / "train.tokens"; }
  fs::path link() const { return folder_ / "data" / "model.safetensors"; }
  LockedFiles lock() const { return LockedFiles({toml(), folder_ / "data"}); }
  static void overwrite(const fs::path& path, off_t offset, char byte) {
    const int fd = ::open(path.c_str(), O_WRONLY);
    EXPECT_EQ(::pwrite(fd, &byte, 1, offset), 1);
    ::close(fd);
  }
  static bool names(const std::string& sentence, const fs::path& path) {
    return sentence.starts_with(path.string() + " was ");
  }

  TemporaryFolder folder_;
};

TEST_F(LockedFilesTest, NothingChangedIsSaidOfUntouchedFiles) {
  const LockedFiles locked = lock();
  EXPECT_EQ(locked.changed(), "");
  EXPECT_EQ(locked.changed(), "");
}

TEST_F(LockedFilesTest, OneByteOfAFileOfTheSameSizeIsSeenHoweverSoon) {
  const LockedFiles locked = lock();
  EXPECT_EQ(locked.changed(), "");
  overwrite(tokens(), 5, 'x');
  EXPECT_TRUE(names(locked.changed(), tokens())) << locked.changed();
  overwrite(tokens(), 5, '5');
  EXPECT_EQ(locked.changed(), "");
}

TEST_F(LockedFilesTest, AChangeIsSeenThoughTheTimeOfWritingWasReset) {
  const LockedFiles locked = lock();
  const auto time = fs::last_write_time(tokens());
  ::usleep(60'000);
  EXPECT_EQ(locked.changed(), "");
  overwrite(tokens(), 5, 'x');
  fs::last_write_time(tokens(), time);
  EXPECT_TRUE(names(locked.changed(), tokens())) << locked.changed();
}

TEST_F(LockedFilesTest, AFileThatWasTouchedAndIsEqualIsNoChange) {
  const LockedFiles locked = lock();
  ::usleep(60'000);
  write_file_atomically(toml(), "seconds = 300\n");
  EXPECT_EQ(locked.changed(), "");
}

TEST_F(LockedFilesTest, FilesThatCameOrWentAreNamed) {
  const LockedFiles locked = lock();
  write_file_atomically(folder_ / "data" / "zzz", "");
  EXPECT_TRUE(names(locked.changed(), folder_ / "data" / "zzz"));
  fs::remove(folder_ / "data" / "zzz");
  EXPECT_EQ(locked.changed(), "");
  fs::remove(tokens());
  EXPECT_TRUE(names(locked.changed(), tokens()));
  write_file_atomically(tokens(), "0123456789");
  fs::remove(toml());
  EXPECT_NE(locked.changed(), "");
}

TEST_F(LockedFilesTest, ALinkIsWatchedWithTheFileBehindIt) {
  const LockedFiles locked = lock();
  overwrite(folder_ / "cache" / "blob", 0, 'W');
  EXPECT_TRUE(names(locked.changed(), link())) << locked.changed();
  overwrite(folder_ / "cache" / "blob", 0, 'w');
  EXPECT_EQ(locked.changed(), "");
  write_file_atomically(folder_ / "cache" / "other", "better weights");
  fs::remove(link());
  fs::create_symlink("../cache/other", link());
  EXPECT_TRUE(names(locked.changed(), link())) << locked.changed();
}

TEST_F(LockedFilesTest, ALockedFolderMayBeALink) {
  fs::create_directory_symlink("data", folder_ / "model");
  const LockedFiles locked({folder_ / "model"});
  overwrite(tokens(), 5, 'x');
  EXPECT_TRUE(names(locked.changed(), folder_ / "model" / "train.tokens")) << locked.changed();
}

TEST_F(LockedFilesTest, AFileSwappedForAFolderIsSeen) {
  const LockedFiles locked = lock();
  fs::remove(toml());
  fs::create_directory(toml());
  EXPECT_NE(locked.changed(), "");
}

TEST_F(LockedFilesTest, TheDigestStandsForAllNamesAndContents) {
  const std::string digest = lock().digest();
  EXPECT_EQ(lock().digest(), digest);
  overwrite(tokens(), 5, 'x');
  EXPECT_NE(lock().digest(), digest);
  overwrite(tokens(), 5, '5');
  fs::rename(tokens(), folder_ / "data" / "other.tokens");
  EXPECT_NE(lock().digest(), digest);
}

TEST_F(LockedFilesTest, AMovedLabHasTheSameDigest) {
  const std::string digest = lock().digest();
  const TemporaryFolder other;
  fs::copy(folder_.path(), other.path(),
           fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  EXPECT_EQ(LockedFiles({other / "lab.toml", other / "data"}).digest(), digest);
}

TEST_F(LockedFilesTest, WhatIsNotThereCannotBeLocked) {
  EXPECT_THROW(LockedFiles({folder_ / "none"}), Error);
}

}  // namespace
}  // namespace tern::loop
