#include "tern/base/text.h"

#include <gtest/gtest.h>

namespace tern {
namespace {

TEST(PlainText, HasNoControlCharacters) {
  EXPECT_EQ(plain_text("a\033[2Jb\r\n\x7f"), "a[2Jb");
  EXPECT_EQ(plain_text("a\xC2\x9B"
                       "31mb"),
            "a31mb")
      << "a control sequence in one character";
}

TEST(PlainText, KeepsLettersOfOtherScripts) {
  EXPECT_EQ(plain_text("\xC3\xBC \xC2\xA7 \xE2\x82\xAC"), "\xC3\xBC \xC2\xA7 \xE2\x82\xAC");
}

TEST(Joined, PutsSomethingBetweenWordsOnly) {
  EXPECT_EQ(joined({"a", "b", "c"}), "a b c");
  EXPECT_EQ(joined({"a", "", "c"}, ", "), "a, , c");
  EXPECT_EQ(joined({}, ", "), "");
}

TEST(Lines, EndHoweverASystemEndsThem) {
  const std::vector<std::string_view> lines = {"a", "", "b"};
  EXPECT_EQ(lines_of("a\n\nb"), lines);
  EXPECT_EQ(lines_of("a\r\n\r\nb\r\n"), lines);
  EXPECT_TRUE(lines_of("").empty());
}

}  // namespace
}  // namespace tern
