#include "tern/text/byte_level.h"

#include <gtest/gtest.h>

#include <set>

namespace tern {
namespace {

std::string characters(std::string_view bytes) {
  std::string out;
  append_byte_level(bytes, out);
  return out;
}

TEST(ByteLevel, PrintableBytesStandForThemselvesAndTheOthersFollowInOrder) {
  EXPECT_EQ(characters("a~!"), "a~!");
  EXPECT_EQ(characters("\xA1\xFF"), "\u00A1\u00FF");
  EXPECT_EQ(characters(std::string_view("\0", 1)), "\u0100");
  EXPECT_EQ(characters("\n "), "\u010A\u0120");
  EXPECT_EQ(characters("\x7F\x80\xA0\xAD"), "\u0121\u0122\u0142\u0143");
}

TEST(ByteLevel, EveryByteComesBackFromACharacterOfItsOwn) {
  std::set<std::string> seen;
  for (int value = 0; value < 256; ++value) {
    const std::string byte(1, static_cast<char>(value));
    EXPECT_TRUE(seen.insert(characters(byte)).second) << value;
    EXPECT_EQ(bytes_of_byte_level(characters(byte)), byte) << value;
  }
}

TEST(ByteLevel, OtherCharactersHaveNoBytes) {
  for (const char* text : {" ", "\n", "\u00AD", "\u0144", "\u2581", "\U0001F600", "a b"}) {
    EXPECT_EQ(bytes_of_byte_level(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace tern
