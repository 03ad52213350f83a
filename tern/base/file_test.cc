#include "tern/base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tern/base/error_message_test_util.h"

namespace tern {
namespace {

using ::testing::HasSubstr;

/// A folder that holds one file with the text "old".
class FileTest : public ::testing::Test {
 protected:
  FileTest() {
    char name[] = "/tmp/tern-file-XXXXXX";
    folder_ = mkdtemp(name);
    write_file_atomically(path(), "old");
  }
  ~FileTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path path() const { return folder_ / "file"; }
  /// Entries of the folder: 1 when nothing but the file is there.
  int64_t entries() const {
    return std::distance(std::filesystem::directory_iterator(folder_), {});
  }
  /// What this process writes aside lands on a device that is always full.
  void fill_disk() const {
    std::filesystem::create_symlink("/dev/full",
                                    path().string() + ".tmp-" + std::to_string(getpid()));
  }

  std::filesystem::path folder_;
  const std::string large_ = std::string(3 << 20, 'x');  // more than is buffered
};

TEST_F(FileTest, TheNextWriterRemovesWhatAKilledOneLeft) {
  const pid_t killed = fork();
  if (killed == 0) {
    AtomicFile file(path());
    raise(SIGKILL);
  }
  waitpid(killed, nullptr, 0);
  EXPECT_EQ(entries(), 2);
  write_file_atomically(path(), "new");
  EXPECT_EQ(entries(), 1);
}

TEST_F(FileTest, CommittingReplacesTheOldFileAndLeavesNoOther) {
  AtomicFile file(path());
  file.write("new ");
  file.write(large_);
  EXPECT_EQ(file.size(), 4 + large_.size());
  EXPECT_EQ(read_file(path()), "old");
  file.commit();
  EXPECT_EQ(read_file(path()), "new " + large_);
  EXPECT_EQ(entries(), 1);
}

TEST_F(FileTest, WithoutCommitTheOldFileStaysAndNothingElse) {
  {
    AtomicFile file(path());
    file.write(large_);
  }
  EXPECT_EQ(read_file(path()), "old");
  EXPECT_EQ(entries(), 1);
}

TEST_F(FileTest, AHeaderCanBeWrittenLast) {
  AtomicFile file(path());
  file.write("?? tokens");
  file.write_at(0, "12", 2);
  file.write(" in all");
  file.commit();
  EXPECT_EQ(read_file(path()), "12 tokens in all");
}

TEST_F(FileTest, AProcessKilledBeforeItCommitsLeavesTheOldFile) {
  const pid_t child = fork();
  if (child == 0) {
    AtomicFile file(path());
    file.write(large_);
    raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(read_file(path()), "old");
}

TEST_F(FileTest, AFullDiskIsToldAndLeavesTheOldFile) {
  for (const std::string& text : {std::string("new"), large_}) {
    fill_disk();
    EXPECT_EQ(error_message([&] { write_file_atomically(path(), text); }),
              "cannot write " + path().string() +
                  ": No space left on device; free some space on this disk and try again");
    EXPECT_EQ(read_file(path()), "old");
    EXPECT_EQ(entries(), 1);
  }
}

TEST_F(FileTest, AFolderThatIsNotThereIsNamed) {
  EXPECT_THAT(error_message([&] { write_file_atomically(folder_ / "no" / "file", "new"); }),
              HasSubstr((folder_ / "no" / "file").string()));
}

TEST_F(FileTest, AppendingMakesTheFileAndThenAddsToIt) {
  append_file(folder_ / "rows", "a\n");
  append_file(folder_ / "rows", "b\n");
  EXPECT_EQ(read_file(folder_ / "rows"), "a\nb\n");
}

TEST_F(FileTest, AppendingToAFullDiskIsTold) {
  EXPECT_EQ(error_message([] { append_file("/dev/full", "row\n"); }),
            "cannot write /dev/full: No space left on device; free some space on this disk and try "
            "again");
}

TEST_F(FileTest, WhatCannotBeReadIsNamed) {
  EXPECT_EQ(error_message([] { read_file("/no/such/file"); }),
            "cannot open /no/such/file: No such file or directory");
  EXPECT_EQ(error_message([&] { read_file(folder_); }),
            "cannot open " + folder_.string() + ": it is a folder");
}

TEST_F(FileTest, APipeOrADeviceInAFilesPlaceIsRefusedAtOnce) {
  const std::string pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  for (const std::string& name : {pipe, std::string("/dev/zero")}) {
    const std::string refusal =
        "cannot open " + name + ": it is no plain file but a pipe, a socket or a device";
    EXPECT_EQ(error_message([&] { read_file(name); }), refusal);
    EXPECT_EQ(error_message([&] { MappedFile map(name); }), refusal);
  }
  EXPECT_EQ(error_message([&] { append_file(pipe, "row\n"); }),
            "cannot open " + pipe + ": No such device or address");
  write_file_atomically(pipe, "text");
  EXPECT_EQ(read_file(pipe), "text") << "another file takes its place";
}

TEST_F(FileTest, AMapShowsTheBytesOfTheFile) {
  const MappedFile map(path());
  ASSERT_EQ(map.bytes().size(), 3u);
  EXPECT_EQ(map.bytes()[2], std::byte{'d'});
}

TEST_F(FileTest, AMapOutlivesTheFileThatReplacedIts) {
  const MappedFile map(path());
  write_file_atomically(path(), "new");
  EXPECT_EQ(map.bytes()[0], std::byte{'o'});
}

TEST_F(FileTest, AnEmptyFileMapsToNothing) {
  write_file_atomically(path(), "");
  EXPECT_TRUE(MappedFile(path()).bytes().empty());
}

TEST_F(FileTest, OnlyARegularFileCanBeMapped) {
  EXPECT_EQ(error_message([&] { MappedFile map(folder_); }),
            "cannot open " + folder_.string() + ": it is a folder");
  EXPECT_EQ(error_message([] { MappedFile map("/no/such/file"); }),
            "cannot open /no/such/file: No such file or directory");
}

}  // namespace
}  // namespace tern
