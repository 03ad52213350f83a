#include "loop/propose/describe_change.h"

#include <gtest/gtest.h>

#include "loop/propose/proposer_test_util.h"

namespace tern::loop {
namespace {

std::string changed(std::string_view from, std::string_view to) {
  std::string source = kTestRecipe;
  return source.replace(source.find(from), from.size(), to);
}

std::string described(std::string_view before, std::string_view after) {
  return describe_change(before, after, test_description(before));
}

TEST(DescribeChange, ChangedValuesAreNamedWithBoth) {
  EXPECT_EQ(described(kTestRecipe, changed("3e-4f", "1e-3f")), "lr: 3e-4 -> 1e-3");
  EXPECT_EQ(described(kTestRecipe, changed("3e-4f;", "1e-3f;\n    group = \"128\";")),
            "lr: 3e-4 -> 1e-3, group: 64 -> 128");
}

TEST(DescribeChange, AnOverrideThatGoesIsAChangeToTernsOwnValue) {
  EXPECT_EQ(described(kTestRecipe, changed("    lr = 3e-4f;\n", "")), "lr: 3e-4 -> 2e-4");
}

TEST(DescribeChange, OtherChangesAreToldByTheirFirstLine) {
  EXPECT_EQ(described(kTestRecipe, changed("  return 0;", "  return 1;")), "line 12: return 1;");
  EXPECT_EQ(described(kTestRecipe, changed("lr = 3e-4f", "pace = 2")), "line 6: pace = 2;");
  EXPECT_EQ(described("a\nb\n", "a\n"), "line 2 removed: b");
  EXPECT_EQ(described("a\nb\n", "a\n\nb\n"), "line 2: (blank)");
  EXPECT_EQ(described("a\n", "a\n"), "nothing");
}

TEST(DescribeChange, AValueBesideOtherCodeIsNotAllThatChanged) {
  std::string both = changed("3e-4f", "1e-3f");
  both.replace(both.find("return 0"), 8, "return 1");
  EXPECT_EQ(described(kTestRecipe, both), "line 6: lr = 1e-3f;");
}

}  // namespace
}  // namespace tern::loop
