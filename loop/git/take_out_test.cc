#include "loop/git/take_out.h"

#include <gtest/gtest.h>

namespace tern::loop {
namespace {

/// A recipe with these overrides and this line of code.
std::string recipe(const std::string& overrides, const std::string& code = "train();") {
  return "void recipe() {\n  // overrides begin\n" + overrides +
         "  // overrides end\n}\nint main() {\n  " + code + "\n}\n";
}

TEST(TakeOut, AnOverrideGoesThoughItsNeighboursCameLater) {
  EXPECT_EQ(take_out(recipe("  a = 1;\n  b = 2;\n  c = 3;\n"), recipe("  a = 1;\n"),
                     recipe("  a = 1;\n  b = 2;\n")),
            recipe("  a = 1;\n  c = 3;\n"));
}

TEST(TakeOut, AnOverrideGetsBackTheValueThatItHad) {
  EXPECT_EQ(take_out(recipe("  a = 2;\n  b = 3;\n"), recipe("  a = 1;\n"), recipe("  a = 2;\n")),
            recipe("  a = 1;\n  b = 3;\n"));
  EXPECT_EQ(take_out(recipe("  b = 3;\n"), recipe("  a = 1;\n"), recipe("")),
            recipe("  b = 3;\n  a = 1;\n"));
}

TEST(TakeOut, AnOverrideThatGotAnotherValueSinceHasNoPlaceOfItsOwn) {
  EXPECT_FALSE(take_out(recipe("  a = 3;\n"), recipe("  a = 1;\n"), recipe("  a = 2;\n")));
  EXPECT_FALSE(take_out(recipe(""), recipe(""), recipe("  a = 2;\n")));
}

TEST(TakeOut, CodeIsMergedByLinesBesideOverrides) {
  EXPECT_EQ(
      take_out(recipe("  a = 1;\n", "better();"), recipe("", "train();"), recipe("", "better();")),
      recipe("  a = 1;\n", "train();"));
  EXPECT_FALSE(take_out(recipe("", "best();"), recipe("", "train();"), recipe("", "better();")));
}

}  // namespace
}  // namespace tern::loop
