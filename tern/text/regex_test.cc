#include "tern/text/regex.h"

#include <gtest/gtest.h>

#include "tern/base/error.h"

namespace tern {
namespace {

TEST(Regex, FindsTheFirstMatchFromAnOffsetAndItsGroup) {
  const auto match = Regex("a(b+)").find("ab_abb", 1);
  ASSERT_TRUE(match.has_value());
  EXPECT_EQ(match->begin, 3u);
  EXPECT_EQ(match->end, 6u);
  EXPECT_EQ(match->group_begin, 4u);
  EXPECT_EQ(match->group_end, 6u);
  EXPECT_FALSE(Regex("a(b+)").find("ab_abb", 4).has_value());
}

TEST(Regex, ClassesAreThoseOfUnicode) {
  EXPECT_EQ(Regex("\\w+").replace_all("na\u00EFve \u4E2D\u6587", "w"), "w w");
  EXPECT_EQ(Regex("\\s").replace_all("a\u3000b\u00A0c", "_"), "a_b_c");
  EXPECT_EQ(Regex("(?i:\u00E9)").replace_all("\u00C9", "e"), "e");
}

TEST(Regex, LooksBehindTheOffset) { EXPECT_FALSE(Regex("(?<!a)b").find("ab", 1).has_value()); }

TEST(Regex, EmptyMatchesDoNotCount) { EXPECT_EQ(Regex("x*").replace_all("axxb", "-"), "a-b"); }

TEST(Regex, AQuotedLiteralMatchesItselfOnly) {
  const std::string literal = "\\Q.^$|?*+()[]{}-#\\E\u2581";
  EXPECT_EQ(Regex(Regex::quote(literal)).replace_all("_" + literal + "_", ""), "__");
  EXPECT_FALSE(Regex(Regex::quote(".")).find("a", 0).has_value());
}

TEST(Regex, AMalformedPatternIsAnErrorThatSaysWhere) {
  try {
    Regex("a(b");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(std::string_view(error.what()).find("\"a(b\" is malformed at byte 3"),
              std::string_view::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace tern
