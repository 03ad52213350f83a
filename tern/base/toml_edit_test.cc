#include "tern/base/toml.h"

#include <gtest/gtest.h>

#include "tern/base/error.h"

namespace tern {
namespace {

constexpr const char* kText = R"(version = 1

[model]
source = "demo"

[data]
train = "a # b"   # the text
tokens = 20       # at most
stream = false
)";

std::string with(const char* table, const char* key, const Json& value) {
  return set_toml_value(kText, table, key, value, "lab.toml");
}

std::string replaced(const std::string& old_part, const std::string& new_part) {
  std::string text = kText;
  return text.replace(text.find(old_part), old_part.size(), new_part);
}

TEST(TomlEdit, ReplacesAValueAndKeepsItsComment) {
  EXPECT_EQ(with("data", "train", "c \"d\""), replaced("\"a # b\"", R"("c \"d\"")"));
  EXPECT_EQ(with("data", "tokens", 5), replaced("20", "5"));
  EXPECT_EQ(with("data", "stream", true), replaced("false", "true"));
}

TEST(TomlEdit, AKeyBelongsToItsTable) {
  EXPECT_EQ(with("model", "source", "x"), replaced("\"demo\"", "\"x\""));
  EXPECT_EQ(with("model", "train", "x"), replaced("[model]\n", "[model]\ntrain = \"x\"\n"));
}

TEST(TomlEdit, AMissingTableIsAdded) {
  EXPECT_EQ(with("budget", "seconds", 20), std::string(kText) + "\n[budget]\nseconds = 20\n");
}

TEST(TomlEdit, ATextOfAnotherFormIsRefusedRatherThanDamaged) {
  EXPECT_THROW(set_toml_value("data = { train = \"x\" }\n", "data", "train", "y", "lab.toml"),
               Error);
}

}  // namespace
}  // namespace tern
