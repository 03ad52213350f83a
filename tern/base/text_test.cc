#include "tern/base/text.h"

#include <gtest/gtest.h>

namespace tern {
namespace {

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
