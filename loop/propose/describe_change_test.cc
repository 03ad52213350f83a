#include "loop/propose/describe_change.h"

#include <gtest/gtest.h>

#include "loop/propose/proposer_test_util.h"

namespace tern {
namespace {

std::string changed(std::string_view from, std::string_view to) {
  std::string source = kTestRecipe;
  return source.replace(source.find(from), from.size(), to);
}

TEST(DescribeChange, ChangedDefaultsAreNamedWithBothValues) {
  EXPECT_EQ(describe_change(kTestRecipe, changed("3e-4f", "1e-3f")), "lr: 3e-4 -> 1e-3");
  EXPECT_EQ(describe_change(kTestRecipe, changed("3e-4f;  // try: 1e-4 3e-4 1e-3\n  std::string "
                                                 "group = \"64\"",
                                                 "1e-3f;  // try: 1e-4 3e-4 1e-3\n  std::string "
                                                 "group = \"128\"")),
            "lr: 3e-4 -> 1e-3, group: 64 -> 128");
}

TEST(DescribeChange, OtherChangesAreToldByTheirFirstLine) {
  EXPECT_EQ(describe_change(kTestRecipe, changed("  return 0;", "  return 1;")),
            "line 9: return 1;");
  EXPECT_EQ(describe_change("a\nb\n", "a\n"), "line 2 removed: b");
  EXPECT_EQ(describe_change("a\nb\n", "a\n\nb\n"), "line 2: (blank)");
  EXPECT_EQ(describe_change("a\n", "a\n"), "nothing");
}

TEST(DescribeChange, ADefaultBesideOtherCodeIsNotAllThatChanged) {
  std::string both = changed("3e-4f", "1e-3f");
  both.replace(both.find("return 0"), 8, "return 1");
  EXPECT_EQ(describe_change(kTestRecipe, both), "line 4: float lr = 1e-3f; // try: 1e-4 3e-4 1e-3");
}

}  // namespace
}  // namespace tern
