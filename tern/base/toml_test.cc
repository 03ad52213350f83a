#include "tern/base/toml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/error.h"

namespace tern {
namespace {

using ::testing::StartsWith;

std::string error_of(std::string_view text) {
  try {
    parse_toml(text, "lab.toml");
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

TEST(Toml, TablesBecomeObjects) {
  const Json toml = parse_toml("a = 1\n[t]\nb = [true, 0.5, 'x']\n[t.u]\n", "lab.toml");
  EXPECT_EQ(toml.at("a").as_int(), 1);
  EXPECT_EQ(toml.at("t").at("b").dump(), R"([true,0.5,"x"])");
  EXPECT_TRUE(toml.at("t").at("u").is_object());
}

TEST(Toml, AMistakeIsToldWithFileAndLine) {
  EXPECT_THAT(error_of("a = 1\n\nb = \n"), StartsWith("lab.toml: line 3: "));
  EXPECT_THAT(error_of("a = 1\na = 2\n"), StartsWith("lab.toml: line 2: "));
}

TEST(Toml, ADateIsRefusedWithItsLine) {
  EXPECT_EQ(error_of("a = 1\nb = 2024-01-01\n"),
            "lab.toml: line 2: dates and times are not used here");
}

TEST(Toml, AFileThatIsNotThereIsNamed) { EXPECT_THROW(read_toml("/no/such/lab.toml"), Error); }

}  // namespace
}  // namespace tern
