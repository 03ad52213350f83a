#include "tern/base/terminal.h"

#include <fcntl.h>
#include <gtest/gtest.h>

namespace tern {
namespace {

TEST(Terminal, ALineLeavesTheLastColumnFree) {
  EXPECT_EQ(fitting("0123456789", 10), "012345678");
  EXPECT_EQ(fitting("012345678", 10), "012345678");
  EXPECT_EQ(fitting("", 10), "");
}

TEST(Terminal, ACharacterOfManyBytesIsOneColumnAndStaysWhole) {
  EXPECT_EQ(fitting("\xC3\xA4\xC3\xB6\xC3\xBC", 3), "\xC3\xA4\xC3\xB6");
  EXPECT_EQ(fitting("\xE2\x82\xAC\xE2\x82\xAC", 3), "\xE2\x82\xAC\xE2\x82\xAC");
}

TEST(Terminal, WhatIsNoneHasTheWidthThatColumnsTells) {
  const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::unsetenv("COLUMNS");
  EXPECT_EQ(terminal_width(file), 80);
  ::setenv("COLUMNS", "40", 1);
  EXPECT_EQ(terminal_width(file), 40);
  ::setenv("COLUMNS", "wide", 1);
  EXPECT_EQ(terminal_width(file), 80);
  ::unsetenv("COLUMNS");
  ::close(file);
}

}  // namespace
}  // namespace tern
