#include "tern/sandbox/untrusted_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"

namespace tern {
namespace {

TEST(UntrustedFile, IsReadUpToALimitAndFromAnOffset) {
  const TemporaryFolder folder;
  write_file_atomically(folder.path() / "a", "0123456789");
  EXPECT_EQ(read_untrusted(folder.path() / "a", 4), "0123");
  EXPECT_EQ(read_untrusted(folder.path() / "a", 4, 8), "89");
  EXPECT_EQ(read_untrusted(folder.path() / "a", 4, 80), "");
}

TEST(UntrustedFile, ThatIsALinkOrAPipeIsNotRead) {
  const TemporaryFolder folder;
  write_file_atomically(folder.path() / "secret", "secret");
  std::filesystem::create_symlink(folder.path() / "secret", folder.path() / "link");
  ASSERT_EQ(::mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
  EXPECT_FALSE(read_untrusted(folder.path() / "link", 100));
  EXPECT_FALSE(read_untrusted(folder.path() / "pipe", 100));
  EXPECT_FALSE(read_untrusted(folder.path() / "missing", 100));
}

struct Pair {
  int64_t a = 0;
  std::optional<double> b = {};
  TERN_FIELDS(a, b)
};

TEST(UntrustedTable, LeavesOutRowsThatAreWrongOrInTheMaking) {
  const TemporaryFolder folder;
  write_file_atomically(folder.path() / "t", "a\tb\n1\t2\nno number\t2\n3\t4\n1\t2\t3\n5\t6");
  const auto rows = read_untrusted_rows<Pair>(folder.path() / "t", 100);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1].a, 3);
  EXPECT_EQ(rows[1].b, 4);
  EXPECT_EQ(read_untrusted_rows<Pair>(folder.path() / "t", 1).size(), 1u);
  EXPECT_TRUE(read_untrusted_rows<Pair>(folder.path() / "none", 1).empty());
}

TEST(UntrustedNumber, IsFiniteAndNothingElse) {
  EXPECT_EQ(untrusted_number("1.5"), 1.5);
  for (const char* text : {"", "nan", "inf", "1.5x", "1e999"}) {
    EXPECT_FALSE(untrusted_number(text)) << text;
  }
}

}  // namespace
}  // namespace tern
