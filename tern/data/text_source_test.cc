#include "tern/data/text_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"
#include "tern/io/file_source.h"

namespace tern {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::string text_of(const std::string& text) { return read_all(*open_text_source(text)); }

/// The hub's cache in a folder of the test's own, and no network.
class OfflineHub : public ::testing::Test {
 protected:
  OfflineHub() {
    setenv("HF_HUB_CACHE", (folder_ / "hub").c_str(), 1);
    setenv("HF_HUB_OFFLINE", "1", 1);
  }
  ~OfflineHub() override {
    unsetenv("HF_HUB_CACHE");
    unsetenv("HF_HUB_OFFLINE");
  }

  /// Puts a file of the data set org/name into the cache.
  void keep(const std::string& name, const std::string& contents) {
    const std::string commit(40, 'a');
    const std::filesystem::path repository = folder_ / "hub" / "datasets--org--name";
    std::filesystem::create_directories(repository / "refs");
    std::filesystem::create_directories(repository / "snapshots" / commit);
    write_file_atomically(repository / "refs" / "main", commit);
    write_file_atomically(repository / "snapshots" / commit / name, contents);
  }

  TemporaryFolder folder_;
};

/// a.txt ("one\n") and b.txt ("two\n"), stored, as Python's zipfile writes them.
std::string zip_of_two() {
  const auto entry = [](const char* crc, const char* name, const char* text) {
    return std::string("PK\3\4\24\0\0\0\0\0\0\0!\0", 14) + std::string(crc, 4) +
           std::string("\4\0\0\0\4\0\0\0\5\0\0\0", 12) + name + text;
  };
  const auto listed = [](const char* crc, char offset, const char* name) {
    return std::string("PK\1\2\24\3\24\0\0\0\0\0\0\0!\0", 16) + std::string(crc, 4) +
           std::string("\4\0\0\0\4\0\0\0\5\0\0\0\0\0\0\0\0\0\0\0\200\1", 22) +
           std::string(1, offset) + std::string(3, '\0') + name;
  };
  constexpr const char *kOne = "\x9f\xa8\x17\xf8", *kTwo = "\x74\x08\x17\x96";
  const std::string files = entry(kOne, "a.txt", "one\n") + entry(kTwo, "b.txt", "two\n");
  const std::string list = listed(kOne, 0, "a.txt") + listed(kTwo, 39, "b.txt");
  return files + list + std::string("PK\5\6\0\0\0\0\2\0\2\0", 12) +
         std::string(1, static_cast<char>(list.size())) + std::string(3, '\0') +
         std::string(1, static_cast<char>(files.size())) + std::string(5, '\0');
}

TEST(TextSource, AProgramWithoutTheDemoCannotMakeItsStories) {
  EXPECT_THAT([] { text_of("demo"); }, ThrowsMessage<Error>(HasSubstr("demo")));
}

TEST(TextSource, ReadsALocalFile) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "story.txt", "Once upon a time\n");
  EXPECT_EQ(text_of(folder / "story.txt"), "Once upon a time\n");
}

TEST(TextSource, AFileThatIsNotThereIsNamed) {
  EXPECT_THAT([] { text_of("no/such/file.txt"); },
              ThrowsMessage<Error>(HasSubstr("no/such/file.txt")));
}

TEST_F(OfflineHub, ReadsAFileOfTheHub) {
  keep("story.txt", "Once upon a time\n");
  EXPECT_EQ(text_of("hf://datasets/org/name/story.txt"), "Once upon a time\n");
}

TEST_F(OfflineHub, ReadsAMemberOfAZipArchiveOnTheHub) {
  keep("two.zip", zip_of_two());
  EXPECT_EQ(text_of("hf://datasets/org/name/two.zip!b.txt"), "two\n");
  EXPECT_THAT([] { text_of("hf://datasets/org/name/two.zip"); },
              ThrowsMessage<Error>(HasSubstr("a.txt")));
}

TEST(TextSource, AZipArchiveBehindAUrlIsRefused) {
  EXPECT_THAT([] { text_of("https://example.org/a.zip!b.txt"); },
              ThrowsMessage<Error>(HasSubstr("download it")));
}

TEST(TextSource, APipeCannotBeReadAgain) {
  const TemporaryFolder folder;
  const std::filesystem::path pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_FALSE(can_read_again("-"));
  EXPECT_FALSE(can_read_again(pipe));
  EXPECT_TRUE(can_read_again(folder.path() / "file.txt"));
  EXPECT_TRUE(can_read_again("https://host/file.txt"));
}

}  // namespace
}  // namespace tern
