#include "tern/text/tokenizer.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include "tern/base/error.h"
#include "tern/base/sha256.h"

namespace tern {
namespace {

using Ids = std::vector<int32_t>;

/// A tokenizer whose "model" holds `model`, and with the other top-level members `rest`.
Tokenizer make(std::string_view model, std::string_view rest = R"("version": "1.0")",
               std::string_view config = "null") {
  const std::string json = fmt::format(R"({{"model": {{"type": "BPE", {}}}, {}}})", model, rest);
  return Tokenizer::parse(json, "tokenizer.json", Json::parse(config, "tokenizer_config.json"));
}

constexpr std::string_view kAbc =
    R"("vocab": {"a": 0, "b": 1, "c": 2, "ab": 3, "bc": 4, "abc": 5}, "merges": ["b c", "a b", "ab c"])";

void expect_error(const std::function<void()>& action, std::string_view part) {
  try {
    action();
    FAIL() << "no error; expected one about " << part;
  } catch (const Error& error) {
    EXPECT_NE(std::string_view(error.what()).find(part), std::string_view::npos) << error.what();
  }
}

TEST(Tokenizer, MergesGoByRankThenFromTheLeft) {
  EXPECT_EQ(make(kAbc).encode("abc"), (Ids{0, 4}));
  EXPECT_EQ(make(kAbc).encode("abab"), (Ids{3, 3}));
  EXPECT_EQ(make(kAbc).encode(""), Ids{});
}

TEST(Tokenizer, MergesMayBePairsAndTheTypeMayBeMissing) {
  const Tokenizer pairs = make(R"("vocab": {"a": 0, " ": 1, "a ": 2}, "merges": [["a", " "]])");
  EXPECT_EQ(pairs.encode("a a"), (Ids{2, 0}));
  const Tokenizer old = Tokenizer::parse(
      R"({"model": {"vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}})", "old");
  EXPECT_EQ(old.encode("ab"), Ids{2});
}

TEST(Tokenizer, IgnoreMergesTakesAWholePieceThatIsAToken) {
  EXPECT_EQ(make(std::string(kAbc) + R"(, "ignore_merges": true)").encode("abc"), Ids{5});
}

TEST(Tokenizer, IgnoreMergesTakesAPieceOfTwoWordsWholeToo) {
  const Tokenizer tokenizer = make(
      R"("vocab": {"\u2581": 0, "a": 1, "\u2581a\u2581a": 2}, "merges": [], "ignore_merges": true)");
  EXPECT_EQ(tokenizer.encode("\u2581a\u2581a"), Ids{2});
}

TEST(Tokenizer, UnknownCharactersBecomeTheUnknownToken) {
  const std::string model = R"("vocab": {"?": 0, "a": 1}, "merges": [], "unk_token": "?")";
  EXPECT_EQ(make(model).encode("axya"), (Ids{1, 0, 0, 1}));
  EXPECT_EQ(make(model + R"(, "fuse_unk": true)").encode("axyax"), (Ids{1, 0, 1, 0}));
}

TEST(Tokenizer, UnknownCharactersAreAnErrorWhereThereIsNoUnknownToken) {
  expect_error([] { make(kAbc).encode("a\u00E9"); }, "the character \"\u00E9\"");
}

TEST(Tokenizer, ByteFallbackSpellsUnknownCharactersInBytes) {
  const Tokenizer tokenizer = make(
      R"("vocab": {"?": 0, "a": 1, "<0xC3>": 2, "<0xA9>": 3}, "merges": [], "unk_token": "?",
         "byte_fallback": true)");
  EXPECT_EQ(tokenizer.encode("a\u00E9"), (Ids{1, 2, 3}));
  EXPECT_EQ(tokenizer.encode("\u00E8"), Ids{0});  // <0xA8> is no token
}

TEST(Tokenizer, NormalizersRewriteTheTextInOrder) {
  const Tokenizer tokenizer = make(
      R"("vocab": {"_": 0, "a": 1, "_a": 2}, "merges": ["_ a"])",
      R"("normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "_"},
         {"type": "Replace", "pattern": {"String": " "}, "content": "_"}]})");
  EXPECT_EQ(tokenizer.encode("a a"), (Ids{2, 2}));
  EXPECT_EQ(tokenizer.encode(""), Ids{});
}

TEST(Tokenizer, MergesAcrossAMarkStillApply) {
  const std::string vocab = R"("vocab": {"a": 0, "\u2581": 1, "b": 2, "a\u2581": 3, "\u2581b": 4})";
  EXPECT_EQ(make(vocab + R"(, "merges": ["a \u2581", "\u2581 b"])").encode("a\u2581b"),
            (Ids{3, 2}));
  EXPECT_EQ(make(vocab + R"(, "merges": ["\u2581 b"])").encode("a\u2581b\u2581\u2581b"),
            (Ids{0, 4, 1, 4}));
}

constexpr std::string_view kByteLevel =
    R"("pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false}, "decoder": {"type": "ByteLevel"})";

TEST(Tokenizer, ByteLevelModelsSeeBytes) {
  const Tokenizer tokenizer =
      make(R"("vocab": {"a": 0, "\u0120": 1, "\u0120a": 2, "\u00C3": 3, "\u00A9": 4},
              "merges": ["\u0120 a"])",
           kByteLevel);
  EXPECT_EQ(tokenizer.encode("a a\u00E9"), (Ids{0, 2, 3, 4}));
  EXPECT_EQ(tokenizer.decode(Ids{0, 2, 3, 4}), "a a\u00E9");
  EXPECT_EQ(tokenizer.decode(Ids{3}), "\xC3");
}

TEST(Tokenizer, InvalidBytesCountAsTheReplacementCharacter) {
  const Tokenizer tokenizer =
      make(R"("vocab": {"\u00EF": 0, "\u00BF": 1, "\u00BD": 2}, "merges": [])", kByteLevel);
  EXPECT_EQ(tokenizer.encode("\xFF"), (Ids{0, 1, 2}));
}

TEST(Tokenizer, LongAndFrequentWordsGiveTheSameIdsAgain) {
  const Tokenizer tokenizer = make(kAbc);
  for (const std::string& word : {std::string("abcab"), std::string(1000, 'a')}) {
    EXPECT_EQ(tokenizer.encode(word), tokenizer.encode(word));
    EXPECT_EQ(tokenizer.encode(word), make(kAbc).encode(word));
  }
}

TEST(Tokenizer, EncodeAppendsWhenGivenIds) {
  Ids ids = {7};
  make(kAbc).encode("c", ids);
  EXPECT_EQ(ids, (Ids{7, 2}));
}

TEST(Tokenizer, ThreadsShareOne) {
  const Tokenizer tokenizer = make(kAbc);
  std::vector<Ids> ids(4);
  std::vector<std::thread> threads;
  for (Ids& out : ids) threads.emplace_back([&] { tokenizer.encode("abcababc", out); });
  for (std::thread& thread : threads) thread.join();
  for (const Ids& out : ids) EXPECT_EQ(out, tokenizer.encode("abcababc"));
}

/// The vocabulary of kAbc and a blank, with one added token.
Tokenizer with_added(std::string_view content, std::string_view flags,
                     std::string_view rest = R"("decoder": {"type": "Fuse"})") {
  return make(R"("vocab": {"a": 0, "b": 1, " ": 2}, "merges": [])",
              fmt::format(R"("added_tokens": [{{"id": 3, "content": "{}", {}}}], {})", content,
                          flags, rest));
}

TEST(Tokenizer, AddedTokensAreFoundBeforeTheTextIsCut) {
  const Tokenizer tokenizer = with_added("<x>", R"("special": true)");
  EXPECT_EQ(tokenizer.encode("a<x>b"), (Ids{0, 3, 1}));
  EXPECT_EQ(tokenizer.encode("<x><x>"), (Ids{3, 3}));
}

TEST(Tokenizer, TheLongestAddedTokenWins) {
  const Tokenizer tokenizer =
      make(R"("vocab": {"a": 0, "b": 1}, "merges": [])",
           R"("added_tokens": [{"id": 2, "content": "[a"}, {"id": 3, "content": "[a]"}])");
  EXPECT_EQ(tokenizer.encode("[a][ab"), (Ids{3, 2, 1}));
}

TEST(Tokenizer, DecodeLeavesOutSpecialTokensOnRequest) {
  EXPECT_EQ(with_added("<x>", R"("special": true)").decode(Ids{0, 3, 1}), "a<x>b");
  EXPECT_EQ(with_added("<x>", R"("special": true)").decode(Ids{0, 3, 1}, true), "ab");
  EXPECT_EQ(with_added("<x>", R"("special": false)").decode(Ids{0, 3, 1}, true), "a<x>b");
}

TEST(Tokenizer, AddedTokensTakeWhiteSpaceAsTheirFlagsSay) {
  EXPECT_EQ(with_added("<x>", R"("lstrip": true)").encode("a  <x> b"), (Ids{0, 3, 2, 1}));
  EXPECT_EQ(with_added("<x>", R"("rstrip": true)").encode("a <x>  b"), (Ids{0, 2, 3, 1}));
}

TEST(Tokenizer, SingleWordTokensAreNotFoundInsideWords) {
  const Tokenizer tokenizer = with_added("ab", R"("single_word": true)");
  EXPECT_EQ(tokenizer.encode("ab aba"), (Ids{3, 2, 0, 1, 0}));
}

TEST(Tokenizer, OnlyNormalizedTokensAreFoundInNormalizedText) {
  const std::string_view rest =
      R"("normalizer": {"type": "Replace", "pattern": {"String": "x"}, "content": "a"})";
  EXPECT_EQ(with_added("ab", R"("normalized": true)", rest).encode("xb"), Ids{3});
  EXPECT_EQ(with_added("xb", R"("normalized": true)", rest).encode("ab"), Ids{3});
  EXPECT_EQ(with_added("ab", R"("normalized": false)", rest).encode("xb"), (Ids{0, 1}));
}

TEST(Tokenizer, OnlyTheFirstStretchOfTextIsAtTheStart) {
  const std::string_view first = R"("pre_tokenizer": {"type": "Metaspace", "replacement": " ",
                                                      "prepend_scheme": "first", "split": false})";
  const Tokenizer tokenizer = with_added("<x>", R"("special": true)", first);
  EXPECT_EQ(tokenizer.encode("a<x>b"), (Ids{2, 0, 3, 1}));
  EXPECT_EQ(tokenizer.encode("<x>b"), (Ids{3, 1}));
}

constexpr std::string_view kTemplate =
    R"("post_processor": {"type": "Sequence", "processors": [{"type": "ByteLevel"},
        {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "a", "type_id": 0}},
                                                  {"Sequence": {"id": "A", "type_id": 0}}]}]})";

TEST(Tokenizer, ThePostProcessorTellsWhetherTextsBeginWithBos) {
  const Tokenizer with = make(kAbc, kTemplate);
  EXPECT_TRUE(with.adds_bos());
  EXPECT_EQ(with.bos_id(), 0);
  EXPECT_EQ(with.encode("b"), Ids{1});
  EXPECT_FALSE(make(kAbc).adds_bos());
  EXPECT_EQ(make(kAbc).bos_id(), std::nullopt);
}

TEST(Tokenizer, TheConfigBesideItHasTheLastWord) {
  const Tokenizer tokenizer = make(kAbc, kTemplate,
                                   R"({"add_bos_token": false, "bos_token": {"content": "b"},
                                       "eos_token": "c"})");
  EXPECT_FALSE(tokenizer.adds_bos());
  EXPECT_EQ(tokenizer.bos_id(), 1);
  EXPECT_EQ(tokenizer.eos_id(), 2);
}

TEST(Tokenizer, LoadsFromAFolderOrItsFile) {
  const auto folder =
      std::filesystem::temp_directory_path() / fmt::format("tern_text_{}", getpid());
  std::filesystem::create_directory(folder);
  const std::string json = fmt::format(R"({{"model": {{{}}}}})", kAbc);
  std::ofstream(folder / "tokenizer.json") << json;
  std::ofstream(folder / "tokenizer_config.json") << R"({"eos_token": "c"})";
  const Tokenizer from_folder = Tokenizer::load(folder);
  const Tokenizer from_file = Tokenizer::load(folder / "tokenizer.json");
  std::filesystem::remove_all(folder);
  EXPECT_EQ(from_folder.hash(), sha256_of(json));
  EXPECT_EQ(from_file.hash(), sha256_of(json));
  EXPECT_EQ(from_file.eos_id(), 2);
}

TEST(Tokenizer, RefusesWhatItDoesNotSupportByName) {
  const auto parse = [](const char* json) {
    return [json] { Tokenizer::parse(json, "some/tokenizer.json"); };
  };
  expect_error(parse(R"({"model": {"type": "Unigram", "vocab": [["a", 0]]}})"),
               "some/tokenizer.json: the model \"Unigram\" is not supported");
  expect_error([] { make(kAbc, R"("normalizer": {"type": "NFC"})"); }, "the normalizer \"NFC\"");
  expect_error([] { make(kAbc, R"("post_processor": {"type": "BertProcessing"})"); },
               "the post-processor \"BertProcessing\"");
  expect_error([] { make(std::string(kAbc) + R"(, "dropout": 0.1)"); }, "dropout");
  expect_error([] { make(std::string(kAbc) + R"(, "end_of_word_suffix": "</w>")"); },
               "end_of_word_suffix");
}

TEST(Tokenizer, RefusesMalformedVocabularies) {
  expect_error([] { Tokenizer::parse("{", "some/tokenizer.json"); }, "some/tokenizer.json");
  expect_error([] { make(R"("merges": [])"); }, "\"vocab\" is missing");
  expect_error([] { make(R"("vocab": {"a": 0})"); }, "\"merges\" is missing");
  expect_error([] { make(R"("vocab": {"a": 0, "b": 0}, "merges": [])"); }, "the same id 0");
  expect_error([] { make(R"("vocab": {"a": 0, "a": 1}, "merges": [])"); }, "stands twice");
  expect_error([] { make(R"("vocab": {"a": 0, "b": 2}, "merges": [])"); }, "id 2");
  expect_error([] { make(R"("vocab": {"a": -1}, "merges": [])"); }, "out of range");
  expect_error([] { make(R"("vocab": {"a": 0, "": 1}, "merges": [])"); }, "is empty");
  expect_error(
      [] {
        make(R"("vocab": {"b": 1, "c": 2}, "merges": [])",
             R"("added_tokens": [{"id": 1, "content": "b"}])");
      },
      "no token has the id 0");
  expect_error([] { make(kAbc, R"("added_tokens": [{"id": 9, "content": "a"}])"); },
               "has id 9, but id 0");
}

TEST(Tokenizer, RefusesMalformedMergesAndNames) {
  const std::string vocab = R"("vocab": {"a": 0, "b": 1, "ab": 2}, )";
  expect_error([&] { make(vocab + R"("merges": ["a b", "a x"])"); }, "merge 1");
  expect_error([&] { make(vocab + R"("merges": ["b a"])"); }, "needs \"ba\"");
  expect_error([&] { make(vocab + R"("merges": ["ab"])"); }, "found \"ab\"");
  expect_error([&] { make(vocab + R"("merges": [["a", "b", "c"]])"); }, "found 3");
  expect_error([&] { make(vocab + R"("merges": [], "unk_token": "?")"); }, "the unk_token \"?\"");
  expect_error([] { make(kAbc, kTemplate, R"({"bos_token": "<s>"})"); }, "the bos_token \"<s>\"");
  expect_error([] { make(kAbc, R"("version": "1.0")", R"({"add_bos_token": true})"); },
               "bos_token");
}

TEST(Tokenizer, DecodeRefusesIdsThatAreNotInTheVocabulary) {
  expect_error([] { make(kAbc).decode(Ids{6}); }, "the token id 6");
  expect_error([] { make(kAbc).decode(Ids{-1}); }, "the token id -1");
}

}  // namespace
}  // namespace tern
