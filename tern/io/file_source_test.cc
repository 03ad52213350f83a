#include "tern/io/file_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"

namespace tern {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::string from_hex(std::string_view hex) {
  std::string out;
  for (size_t i = 0; i < hex.size(); i += 2) {
    out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return out;
}

/// The folder d/, d/a.txt (24 times "a") and d/b.txt ("second\n"), as Python's zipfile writes them.
std::string zip_of_two() {
  return from_hex(
      "504b03041400000000000000215000000000000000000000000002000000642f504b030414000000080000002150"
      "84"
      "7a02e6050000001800000007000000642f612e7478744b4cc40e00504b0304140000000800000021507ec00f0609"
      "00"
      "00000700000007000000642f622e7478742b4e4dcecf4be10200504b010214031400000000000000215000000000"
      "00"
      "00000000000000020000000000000000000000800100000000642f504b0102140314000000080000002150847a02"
      "e6"
      "0500000018000000070000000000000000000000800120000000642f612e747874504b0102140314000000080000"
      "00"
      "21507ec00f06090000000700000007000000000000000000000080014a000000642f622e747874504b0506000000"
      "00"
      "030003009a000000780000000000");
}

/// "Once upon a time\n", as gzip -9n writes it.
std::string gzip_of_story() {
  return from_hex("1f8b0800000000000203f3cf4b4e55282dc8cf53485428c9cc4de502007f081a7411000000");
}

class FileSourceTest : public ::testing::Test {
 protected:
  std::string write(const std::string& name, std::string_view contents) {
    write_file_atomically(folder_ / name, contents);
    return (folder_ / name).string();
  }
  static std::string text_in(const std::string& path) { return read_all(*open_file_source(path)); }

  TemporaryFolder folder_;
};

TEST_F(FileSourceTest, ReadsPlainFilesOfAnySize) {
  std::string large(3'000'000, 'x');
  large[2'999'999] = 'y';
  EXPECT_EQ(text_in(write("large.txt", large)), large);
  EXPECT_EQ(text_in(write("tiny.txt", "x")), "x");
  EXPECT_EQ(text_in(write("empty.txt", "")), "");
}

TEST_F(FileSourceTest, TellsThePackingByTheBytesAndNotByTheName) {
  EXPECT_EQ(text_in(write("story.txt", gzip_of_story())), "Once upon a time\n");
  EXPECT_EQ(text_in(write("story.gz", "not packed")), "not packed");
  EXPECT_EQ(text_in(write("story.bz2", "BZhello")), "BZhello");
}

TEST_F(FileSourceTest, ChoosesAZipMemberByTheEndOfItsPath) {
  const std::string path = write("two.zip", zip_of_two());
  EXPECT_EQ(text_in(path + "!a.txt"), std::string(24, 'a'));
  EXPECT_EQ(text_in(path + "!d/b.txt"), "second\n");
  EXPECT_EQ(open_file_source(path + "!b.txt")->name(), path + "!d/b.txt");
}

TEST_F(FileSourceTest, ListsTheMembersWhenTheChoiceIsUnclear) {
  const std::string path = write("two.zip", zip_of_two());
  EXPECT_THAT([&] { open_file_source(path); },
              ThrowsMessage<Error>(AllOf(HasSubstr(path), HasSubstr("d/a.txt d/b.txt"))));
  EXPECT_THAT([&] { open_file_source(path + "!c.txt"); },
              ThrowsMessage<Error>(HasSubstr("named c.txt, found 0")));
  EXPECT_THAT([&] { open_file_source(path + "!.txt"); },
              ThrowsMessage<Error>(HasSubstr("found 0")));
}

TEST_F(FileSourceTest, ReportsADamagedZip) {
  std::string damaged = zip_of_two();
  damaged[72] ^= 0x55;  // within the packed bytes of d/a.txt
  const std::string path = write("damaged.zip", damaged);
  EXPECT_THAT([&] { text_in(path + "!a.txt"); }, ThrowsMessage<Error>(HasSubstr("damaged")));
  const std::string cut = write("cut.zip", zip_of_two().substr(0, 100));
  EXPECT_THAT([&] { text_in(cut); }, ThrowsMessage<Error>(HasSubstr("cut.zip: cannot open")));
}

TEST_F(FileSourceTest, ReadsStandardInput) {
  const std::string path = write("input.gz", gzip_of_story());
  const int saved = ::dup(STDIN_FILENO);
  ASSERT_NE(std::freopen(path.c_str(), "r", stdin), nullptr);
  EXPECT_EQ(text_in("-"), "Once upon a time\n");
  ::dup2(saved, STDIN_FILENO);
  ::close(saved);
}

TEST_F(FileSourceTest, NamesTheFileThatCannotBeRead) {
  EXPECT_THAT([&] { text_in(folder_ / "none.txt"); }, ThrowsMessage<Error>(HasSubstr("none.txt")));
  EXPECT_THAT([&] { text_in(folder_.path().string()); },
              ThrowsMessage<Error>(HasSubstr("directory")));
}

}  // namespace
}  // namespace tern
