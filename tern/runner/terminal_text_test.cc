#include "tern/runner/terminal_text.h"

#include <gtest/gtest.h>

namespace tern {
namespace {

std::string shown(std::string_view text) { return TerminalText().pass(text); }

TEST(TerminalText, LetsTextLinesAndAProgressLineThrough) {
  const std::string line = "\r\033[K[###...] step 3\tloss 2.1 \u00b1 0.1 (\u00e9\u20ac)\n";
  EXPECT_EQ(shown(line), line);
}

TEST(TerminalText, StopsTitlesCursorMovesAndQuestionsToTheTerminal) {
  EXPECT_EQ(shown("a\033]0;title\007b"), "a0;titleb");
  EXPECT_EQ(shown("a\033[2Jb\033[1;1Hc\033[6nd\033[1Ke"), "abcde");
  EXPECT_EQ(shown("a\xC2\x9B"
                  "6n\b\x7f"),
            "a6n");
}

TEST(TerminalText, ShowsLettersInTheirOrderAndNoBrokenOnes) {
  EXPECT_EQ(shown("a\u202e;)\u2066b"), "a;)b");
  EXPECT_EQ(shown("a\xff\x9b"
                  "6n bcd"),
            "a\ufffd\ufffd6n bcd");
}

TEST(TerminalText, KnowsASequenceThatComesInPieces) {
  TerminalText text;
  std::string all;
  for (const char* piece : {"a\033", "[", "Kb\xC2", "\xB1"}) all += text.pass(piece);
  EXPECT_EQ(all, "a\033[Kb\u00b1");
}

}  // namespace
}  // namespace tern
