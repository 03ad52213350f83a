#include "report/line_diff.h"

#include <gtest/gtest.h>

#include <string>

namespace tern {
namespace {

std::string numbers(int first, int last) {
  std::string text;
  for (int i = first; i <= last; ++i) text += std::to_string(i) + "\n";
  return text;
}

TEST(LineDiff, ShowsAChangedLineBetweenThreeLinesOfContext) {
  EXPECT_EQ(line_diff(numbers(1, 9), numbers(1, 4) + "five\n" + numbers(6, 9)),
            "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
}

TEST(LineDiff, EqualTextsHaveNone) { EXPECT_EQ(line_diff("a\nb\n", "a\nb\n"), ""); }

TEST(LineDiff, ChangesFarApartAreHunksOfTheirOwn) {
  EXPECT_EQ(line_diff(numbers(1, 20), "0\n" + numbers(1, 19)),
            "@@ -1,3 +1,4 @@\n+0\n 1\n 2\n 3\n@@ -17,4 +18,3 @@\n 17\n 18\n 19\n-20\n");
}

TEST(LineDiff, ChangesWhoseContextsTouchAreOneHunk) {
  EXPECT_EQ(line_diff(numbers(1, 8), "0\n" + numbers(1, 6) + numbers(8, 8)),
            "@@ -1,8 +1,8 @@\n+0\n 1\n 2\n 3\n 4\n 5\n 6\n-7\n 8\n");
}

TEST(LineDiff, ALineWithoutItsEndIsSaidAsGitSaysIt) {
  EXPECT_EQ(line_diff("a\n", "a"), "@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file\n");
}

TEST(LineDiff, ATextFromNothingIsAllAdded) {
  EXPECT_EQ(line_diff("", "a\nb\n"), "@@ -0,0 +1,2 @@\n+a\n+b\n");
}

TEST(LineDiff, TextsWithNothingInCommonAreOneBlock) {
  const std::string diff = line_diff(numbers(1, 3000), numbers(5001, 8000));
  EXPECT_EQ(diff.substr(0, 26), "@@ -1,3000 +1,3000 @@\n-1\n-");
  EXPECT_TRUE(diff.ends_with("+8000\n"));
}

}  // namespace
}  // namespace tern
