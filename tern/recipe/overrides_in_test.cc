#include <gtest/gtest.h>

#include "tern/recipe/overrides.h"

namespace tern {
namespace {

using Overrides = std::vector<std::pair<std::string, std::string>>;

TEST(OverridesIn, AreReadAsFlagsWouldGiveThem) {
  const Overrides expected = {
      {"lr.peak", "1e-3"}, {"steps", "100"}, {"average", "true"}, {"rule.scale", "a \"b\" f"}};
  EXPECT_EQ(overrides_in("pace = 1;\n  // overrides begin\n"
                         "  lr.peak = 1e-3f;  // more\n  steps = 100;\n  average = true;\n"
                         "  rule.scale = \"a \\\"b\\\" f\";\n  // lr.end = 0.5f;\n  call();\n\n"
                         "  // overrides end\nrest = 2;\n"),
            expected);
}

TEST(OverridesIn, ATextWithoutTheirPlaceHasNone) {
  EXPECT_EQ(overrides_in("lr = 1;\n"), Overrides());
  EXPECT_EQ(overrides_in("// overrides begin\nlr = 1;\n"), Overrides());
  EXPECT_FALSE(has_overrides("// overrides begin\nlr = 1;\n"));
  EXPECT_TRUE(has_overrides("// overrides begin\n// overrides end\n"));
}

}  // namespace
}  // namespace tern
