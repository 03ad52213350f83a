#include "tern/text/pre_tokenizer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tern/base/error.h"

namespace tern {
namespace {

using Pieces = std::vector<std::string>;

Pieces pieces(std::string_view json, std::string_view text, bool at_start = true) {
  Pieces out;
  make_pre_tokenizer(Json::parse(json, "test")).split(text, at_start, [&](std::string_view piece) {
    out.emplace_back(piece);
  });
  return out;
}

Pieces split_at_dashes(std::string_view behavior, std::string_view text, bool invert = false) {
  return pieces(fmt::format(R"({{"type": "Split", "pattern": {{"String": "-"}}, "behavior": "{}",
                                 "invert": {}}})",
                            behavior, invert),
                text);
}

TEST(PreTokenizer, NoneKeepsTheTextWhole) {
  EXPECT_EQ(pieces("null", "a b"), (Pieces{"a b"}));
  EXPECT_EQ(pieces("null", ""), Pieces{});
}

// The examples of Hugging Face's documentation of SplitDelimiterBehavior.
TEST(PreTokenizer, SplitPutsMatchesWhereItsBehaviorSays) {
  const std::string text = "the-final--countdown";
  EXPECT_EQ(split_at_dashes("Removed", text), (Pieces{"the", "final", "countdown"}));
  EXPECT_EQ(split_at_dashes("Isolated", text),
            (Pieces{"the", "-", "final", "-", "-", "countdown"}));
  EXPECT_EQ(split_at_dashes("MergedWithPrevious", text),
            (Pieces{"the-", "final-", "-", "countdown"}));
  EXPECT_EQ(split_at_dashes("MergedWithNext", text), (Pieces{"the", "-final", "-", "-countdown"}));
  EXPECT_EQ(split_at_dashes("Contiguous", text), (Pieces{"the", "-", "final", "--", "countdown"}));
}

TEST(PreTokenizer, SplitHandlesMatchesAtBothEnds) {
  EXPECT_EQ(split_at_dashes("MergedWithPrevious", "-a-"), (Pieces{"-", "a-"}));
  EXPECT_EQ(split_at_dashes("MergedWithNext", "-a-"), (Pieces{"-a", "-"}));
  EXPECT_EQ(split_at_dashes("Removed", "---"), Pieces{});
}

TEST(PreTokenizer, AnInvertedSplitTakesWhatLiesBetweenForMatches) {
  EXPECT_EQ(split_at_dashes("Removed", "a-b", true), (Pieces{"-"}));
}

TEST(PreTokenizer, SplitByRegexSeesUnicodeClasses) {
  const std::string json =
      R"({"type": "Split", "pattern": {"Regex": "\\p{Lu}"}, "behavior": "Isolated"})";
  EXPECT_EQ(pieces(json, "a\u00C9b"), (Pieces{"a", "\u00C9", "b"}));
}

TEST(PreTokenizer, DigitsStandAloneOrTogether) {
  EXPECT_EQ(pieces(R"({"type": "Digits", "individual_digits": true})", "in 1984!"),
            (Pieces{"in ", "1", "9", "8", "4", "!"}));
  EXPECT_EQ(pieces(R"({"type": "Digits"})", "in 1984!"), (Pieces{"in ", "1984", "!"}));
}

TEST(PreTokenizer, ByteLevelCutsWithThePatternOfGpt2) {
  const std::string json = R"({"type": "ByteLevel", "add_prefix_space": false})";
  EXPECT_EQ(pieces(json, "I'll  pay 20$\n\n now"),
            (Pieces{"I", "'ll", " ", " pay", " 20", "$", "\n\n", " now"}));
  EXPECT_TRUE(make_pre_tokenizer(Json::parse(json, "test")).byte_level);
}

TEST(PreTokenizer, ByteLevelWithoutRegexKeepsThePiece) {
  EXPECT_EQ(
      pieces(R"({"type": "ByteLevel", "add_prefix_space": false, "use_regex": false})", "a b"),
      (Pieces{"a b"}));
}

TEST(PreTokenizer, ByteLevelPrefixesABlankWhereThereIsNone) {
  const std::string json = R"({"type": "ByteLevel", "add_prefix_space": true})";
  EXPECT_EQ(pieces(json, "a b"), (Pieces{" a", " b"}));
  EXPECT_EQ(pieces(json, " a b"), (Pieces{" a", " b"}));
}

TEST(PreTokenizer, MetaspaceMarksAndCutsWords) {
  EXPECT_EQ(pieces(R"({"type": "Metaspace"})", "a  b"), (Pieces{"\u2581a", "\u2581", "\u2581b"}));
  EXPECT_EQ(pieces(R"({"type": "Metaspace", "replacement": "_", "split": false})", "a b"),
            (Pieces{"_a_b"}));
}

TEST(PreTokenizer, MetaspacePrependsAsItsSchemeSays) {
  const auto metaspace = [](std::string_view option, std::string_view text, bool at_start) {
    return pieces(fmt::format(R"({{"type": "Metaspace", "replacement": "_", {}}})", option), text,
                  at_start);
  };
  EXPECT_EQ(metaspace(R"("prepend_scheme": "always")", "a", false), (Pieces{"_a"}));
  EXPECT_EQ(metaspace(R"("prepend_scheme": "always")", " a", false), (Pieces{"_a"}));
  EXPECT_EQ(metaspace(R"("prepend_scheme": "first")", "a", true), (Pieces{"_a"}));
  EXPECT_EQ(metaspace(R"("prepend_scheme": "first")", "a", false), (Pieces{"a"}));
  EXPECT_EQ(metaspace(R"("prepend_scheme": "never")", "a", true), (Pieces{"a"}));
  EXPECT_EQ(metaspace(R"("add_prefix_space": false)", "a", true), (Pieces{"a"}));
}

TEST(PreTokenizer, WhitespaceKeepsWordsAndRunsOfPunctuation) {
  EXPECT_EQ(pieces(R"({"type": "Whitespace"})", "so, what?!"), (Pieces{"so", ",", "what", "?!"}));
  EXPECT_EQ(pieces(R"({"type": "WhitespaceSplit"})", "so, what?!"), (Pieces{"so,", "what?!"}));
}

TEST(PreTokenizer, ASequenceCutsThePiecesOfTheStageBefore) {
  EXPECT_EQ(pieces(R"({"type": "Sequence", "pretokenizers": [
                       {"type": "Digits", "individual_digits": true},
                       {"type": "ByteLevel", "add_prefix_space": false}]})",
                   "a 12 b"),
            (Pieces{"a", " ", "1", "2", " b"}));
}

TEST(PreTokenizer, InASequenceOnlyTheFirstPieceIsAtTheStart) {
  EXPECT_EQ(pieces(R"({"type": "Sequence", "pretokenizers": [
                       {"type": "Digits"},
                       {"type": "Metaspace", "replacement": "_", "prepend_scheme": "first"}]})",
                   "a1b"),
            (Pieces{"_a", "1", "b"}));
}

void expect_error(std::string_view json, std::string_view part) {
  try {
    make_pre_tokenizer(Json::parse(json, "test"));
    FAIL() << "no error for " << json;
  } catch (const Error& error) {
    EXPECT_NE(std::string_view(error.what()).find(part), std::string_view::npos) << error.what();
  }
}

TEST(PreTokenizer, RefusesWhatItDoesNotKnowByName) {
  expect_error(R"({"type": "BertPreTokenizer"})", "\"BertPreTokenizer\" is not supported");
  expect_error(R"({"type": "Split", "pattern": {"String": "-"}, "behavior": "Eaten"})",
               "\"Eaten\"");
  expect_error(R"({"type": "Split", "pattern": {"Regex": "("}, "behavior": "Isolated"})",
               "malformed at byte 1");
  expect_error(R"({"type": "Metaspace", "prepend_scheme": "last"})", "\"last\"");
  expect_error(
      R"({"type": "Sequence", "pretokenizers": [{"type": "ByteLevel"}, {"type": "Digits"}]})",
      "expected it last");
}

}  // namespace
}  // namespace tern
