#include "tern/text/decoder.h"

#include <gtest/gtest.h>

#include "tern/base/error.h"

namespace tern {
namespace {

using Tokens = std::vector<std::string>;

Tokens decoded(std::string_view json, Tokens tokens) {
  make_decoder(Json::parse(json, "test"))(tokens);
  return tokens;
}

TEST(Decoder, NoneJoinsTokensWithBlanks) { EXPECT_EQ(decoded("null", {"a", "b"}), Tokens{"a b"}); }

TEST(Decoder, ByteLevelTurnsCharactersIntoBytes) {
  EXPECT_EQ(decoded(R"({"type": "ByteLevel"})", {"\u0120a", "\u00C3\u00A9", "\u010A"}),
            Tokens{" a\u00E9\n"});
}

TEST(Decoder, ByteLevelKeepsTokensThatAreNotOfItsAlphabet) {
  EXPECT_EQ(decoded(R"({"type": "ByteLevel"})", {"<two words>", "\u4E2D"}),
            Tokens{"<two words>\u4E2D"});
}

TEST(Decoder, ByteFallbackJoinsTheBytesOfACharacter) {
  EXPECT_EQ(decoded(R"({"type": "ByteFallback"})", {"a", "<0xC3>", "<0xA9>", "<0xG0>", "<0x0A>"}),
            (Tokens{"a", "\u00E9", "<0xG0>", "\n"}));
}

TEST(Decoder, ReplaceActsInEachTokenEvenOneWithHalfACharacter) {
  EXPECT_EQ(decoded(R"({"type": "Replace", "pattern": {"String": "_"}, "content": " "})",
                    {"_a_", "\xC3_"}),
            (Tokens{" a ", "\uFFFD "}));
}

TEST(Decoder, StripTakesNoMoreThanItIsTold) {
  const std::string json = R"({"type": "Strip", "content": " ", "start": 1, "stop": 2})";
  EXPECT_EQ(decoded(json, {"  a   ", "b"}), (Tokens{" a ", "b"}));
}

TEST(Decoder, MetaspaceDropsTheMarkThatThePreTokenizerPrepended) {
  const Tokens tokens = {"_a", "_b"};
  EXPECT_EQ(decoded(R"({"type": "Metaspace", "replacement": "_"})", tokens), (Tokens{"a", " b"}));
  EXPECT_EQ(
      decoded(R"({"type": "Metaspace", "replacement": "_", "prepend_scheme": "never"})", tokens),
      (Tokens{" a", " b"}));
}

TEST(Decoder, ASequenceRunsInOrder) {
  const std::string json = R"({"type": "Sequence", "decoders": [
      {"type": "Replace", "pattern": {"String": "_"}, "content": " "}, {"type": "ByteFallback"},
      {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]})";
  EXPECT_EQ(decoded(json, {"_a", "_b", "<0x21>"}), Tokens{"a b!"});
}

TEST(Decoder, RefusesWhatItDoesNotKnow) {
  EXPECT_THROW(make_decoder(Json::parse(R"({"type": "CTC"})", "test")), Error);
}

}  // namespace
}  // namespace tern
