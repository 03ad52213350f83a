#include "tern/base/utf8.h"

#include <gtest/gtest.h>

namespace tern {
namespace {

const std::string kBad(kReplacementCharacter);

struct Sanitized {
  std::string text;
  int64_t replaced = 0;
};
Sanitized sanitize(std::string_view text) {
  Sanitized out;
  out.text = sanitize_utf8(text, &out.replaced);
  return out;
}

TEST(Utf8, ValidTextOfEveryLengthPassesUnchanged) {
  for (const std::string text :
       {"", "plain", "caf\u00E9 \u2581 \U0001F600", "a longer plain text"}) {
    EXPECT_EQ(valid_utf8_prefix(text), text.size());
    EXPECT_EQ(sanitize(text).text, text);
    EXPECT_EQ(sanitize(text).replaced, 0);
  }
}

TEST(Utf8, TheEdgesOfTheCodeSpaceAreValid) {
  for (const std::string text :
       {"\u0080", "\u07FF", "\u0800", "\uD7FF", "\uE000", "\uFFFF", "\U00010000", "\U0010FFFF"}) {
    EXPECT_EQ(valid_utf8_prefix(text), text.size()) << text;
    EXPECT_EQ(utf8_length(text[0]), text.size()) << text;
  }
}

TEST(Utf8, AStrayByteBecomesOneReplacement) {
  EXPECT_EQ(sanitize("a\x80z").text, "a" + kBad + "z");
  EXPECT_EQ(sanitize("a\xFFz").text, "a" + kBad + "z");
  EXPECT_EQ(sanitize("a\xFFz").replaced, 1);
}

// The example of Unicode 15, table 3-8.
TEST(Utf8, EachMaximalPartOfABrokenCharacterBecomesOneReplacement) {
  const Sanitized out = sanitize("\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64");
  EXPECT_EQ(out.text, "a" + kBad + kBad + kBad + "b" + kBad + "c" + kBad + kBad + "d");
  EXPECT_EQ(out.replaced, 6);
}

TEST(Utf8, OverlongFormsSurrogatesAndValuesAboveTheLastAreReplacedByteByByte) {
  EXPECT_EQ(sanitize("\xC0\xAF").replaced, 2);
  EXPECT_EQ(sanitize("\xE0\x80\xAF").replaced, 3);
  EXPECT_EQ(sanitize("\xED\xA0\x80").replaced, 3);
  EXPECT_EQ(sanitize("\xF4\x90\x80\x80").replaced, 4);
}

TEST(Utf8, ATextThatEndsInsideACharacterIsReplacedThere) {
  EXPECT_EQ(sanitize("12345678\xF0\x9F\x98").text, "12345678" + kBad);
  EXPECT_EQ(valid_utf8_prefix("12345678\xF0\x9F\x98"), 8u);
}

TEST(Utf8, CountsAddUpOverTexts) {
  int64_t replaced = 0;
  sanitize_utf8("\xFF", &replaced);
  sanitize_utf8("\xFF\xFF", &replaced);
  EXPECT_EQ(replaced, 3);
}

}  // namespace
}  // namespace tern
