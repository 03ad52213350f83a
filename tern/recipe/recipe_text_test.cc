#include "tern/recipe/recipe_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/error.h"

namespace tern {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr const char* kSource = R"(// The recipe.
struct Recipe {
  // Length.
  int64_t steps = 0;
  bool clip = true;

  float lr = 5e-5f;               // try: 1e-5 2e-5 5e-5
  // What it falls by. try: cosine linear
  std::string schedule = "a;b";
  double warmup = 0.2;

  template <class Field>
  void fields(Field&& field) {
    field("steps", steps, "steps to train");
  }
};

struct Other {
  float lr = 1.0f;
};
)";

TEST(RecipeText, ListsTheFieldsWithTheirDefaultsAndTheValuesToTry) {
  const std::vector<RecipeField> fields = recipe_fields(kSource);
  ASSERT_EQ(fields.size(), 5u);
  EXPECT_EQ(fields[0].name, "steps");
  EXPECT_EQ(fields[0].type, "int64_t");
  EXPECT_TRUE(fields[0].values.empty());
  EXPECT_EQ(fields[1].value, "true");
  EXPECT_EQ(fields[2].value, "5e-5");
  EXPECT_THAT(fields[2].values, ElementsAre("1e-5", "2e-5", "5e-5"));
  EXPECT_EQ(fields[3].type, "std::string");
  EXPECT_EQ(fields[3].value, "a;b");
  EXPECT_THAT(fields[3].values, ElementsAre("cosine", "linear"));
  EXPECT_TRUE(fields[4].values.empty());
}

TEST(RecipeText, SettingADefaultChangesNothingElse) {
  std::string expected = kSource;
  expected.replace(expected.find("5e-5f;     "), 11, "0.0001f;   ");
  EXPECT_EQ(set_recipe_default(kSource, "lr", "0.0001"), expected);
}

TEST(RecipeText, WritesEveryTypeAsCppDoes) {
  const auto changed = [](const char* field, const char* value) {
    return set_recipe_default(kSource, field, value);
  };
  EXPECT_THAT(changed("lr", "1"), HasSubstr("float lr = 1.0f; "));
  EXPECT_THAT(changed("steps", "100"), HasSubstr("int64_t steps = 100;\n"));
  EXPECT_THAT(changed("clip", "false"), HasSubstr("bool clip = false;\n"));
  EXPECT_THAT(changed("warmup", "1000"), HasSubstr("double warmup = 1000;\n"));
  EXPECT_THAT(changed("schedule", "say \"x\""), HasSubstr("= \"say \\\"x\\\"\";\n"));
}

TEST(RecipeText, WhatWasSetIsReadBack) {
  const std::string changed = set_recipe_default(kSource, "schedule", "a \\ \"b\"");
  EXPECT_EQ(recipe_fields(changed)[3].value, "a \\ \"b\"");
}

TEST(RecipeText, AnUnknownFieldNamesTheNearestOne) {
  EXPECT_THAT([] { set_recipe_default(kSource, "step", "1"); },
              ThrowsMessage<Error>(HasSubstr("did you mean steps?")));
}

TEST(RecipeText, AValueOfAnotherTypeIsRefused) {
  EXPECT_THAT([] { set_recipe_default(kSource, "steps", "1.5"); },
              ThrowsMessage<Error>(HasSubstr("int64_t")));
  EXPECT_THROW(set_recipe_default(kSource, "lr", "1e-4f; int x"), Error);
  EXPECT_THROW(set_recipe_default(kSource, "lr", "inf"), Error);
  EXPECT_THROW(set_recipe_default(kSource, "clip", "1"), Error);
}

TEST(RecipeText, ATextWithoutARecipeIsRefused) {
  EXPECT_THAT([] { recipe_fields("int main() {}\n"); },
              ThrowsMessage<Error>(HasSubstr("struct Recipe")));
}

}  // namespace
}  // namespace tern
