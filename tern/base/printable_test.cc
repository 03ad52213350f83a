#include "tern/base/printable.h"

#include <gtest/gtest.h>

namespace tern {
namespace {

TEST(Printable, HoldsNothingThatATerminalObeys) {
  EXPECT_EQ(printable("a\033[2Jb\x07\x7f"), "a[2Jb");
  EXPECT_EQ(printable("a\033]52;c;QUJD\007b"), "a]52;c;QUJDb");
  EXPECT_EQ(printable("a\u009b31mb"), "a31mb") << "a control sequence in one character";
}

TEST(Printable, IsOneLine) {
  EXPECT_EQ(printable("a\nb\tc\rd"), "a b c d");
  EXPECT_EQ(printable("a\u2028b\u0085c"), "a b c");
}

TEST(Printable, ShowsItsLettersInTheirOrder) {
  EXPECT_EQ(printable("a\u202e;)\u2066b\u200fc\u061cd"), "a;)bcd");
}

TEST(Printable, IsUtf8WhateverCame) {
  EXPECT_EQ(printable("a\xff"
                      "b\xc3"),
            "a\ufffdb\ufffd");
  EXPECT_EQ(printable("\x9b"
                      "31m"),
            "\ufffd31m")
      << "a control sequence of a terminal that reads Latin-1";
}

TEST(Printable, KeepsLettersOfOtherScripts) {
  const std::string text = "\u00fc \u00a7 \u20ac \u05e9 \U0001f600";
  EXPECT_EQ(printable(text), text);
}

}  // namespace
}  // namespace tern
