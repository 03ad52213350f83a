#include "tern/data/eval_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/sha256.h"
#include "tern/base/shared_data_test_util.h"
#include "tern/base/temporary_folder.h"
#include "tern/data/tokenizer_test_util.h"
#include "tern/io/memory_source.h"

namespace tern {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr const char* kWikitext = " \n = Title = \n \n One .\n Two .\n";

EvalSet small_set() { return eval_set_of_text("small", "abcdef", character_tokenizer(), 3); }

TEST(WikitextText, JoinsTheRowsByABlankLine) {
  EXPECT_EQ(wikitext_text(kWikitext),
            "\n\n"
            " = Title = \n\n\n"
            "\n\n"
            " One .\n\n\n"
            " Two .\n");
  EXPECT_EQ(wikitext_text(""), "");
  EXPECT_EQ(wikitext_text(" One"), " One");
}

TEST(EvalSetOfText, TellsWikitextByItsFirstTitle) {
  const Tokenizer tokenizer = character_tokenizer();
  const auto bytes = std::ssize(wikitext_text(kWikitext));
  EXPECT_EQ(eval_set_of_text("w", kWikitext, tokenizer, 2).bytes, bytes);
  EXPECT_EQ(eval_set_of_text("w", "Once = upon = \n", tokenizer, 2).bytes, 15);
  EXPECT_EQ(eval_set_of_text("w", kWikitext, tokenizer, 2, EvalText::plain).bytes,
            static_cast<int64_t>(std::string(kWikitext).size()));
}

TEST(EvalSetOfText, BeginsOnceWhereTheTokenizerAddsABeginning) {
  const EvalSet without = small_set();
  const EvalSet with = eval_set_of_text("small", "abcdef", character_tokenizer(true), 3);
  EXPECT_EQ(without.tokens, character_tokenizer().encode("abcdef"));
  ASSERT_EQ(with.tokens.size(), 7u);
  EXPECT_EQ(with.tokens[0], 2);
  EXPECT_EQ(with.bytes, 6);
  EXPECT_EQ(with.dataset_sha256, sha256_of("abcdef"));
}

TEST(EvalSetOfText, ATextShorterThanAWindowIsOneShortWindow) {
  const EvalSet set = eval_set_of_text("short", "ab", character_tokenizer(), 3);
  EXPECT_EQ(set.tokens.size(), 2u);
  EXPECT_EQ(set.window_of(32), 2);
  EXPECT_EQ(small_set().window_of(32), 3);
  EXPECT_EQ(small_set().window_of(2), 2);
}

TEST(EvalSetOfText, RefusesATextWithNothingToPredict) {
  EXPECT_THAT([] { eval_set_of_text("short", "a", character_tokenizer(), 3); },
              ThrowsMessage<Error>(AllOf(HasSubstr("short"), HasSubstr("at least 2 tokens"),
                                         HasSubstr("found 1 tokens of 1 bytes"))));
}

TEST(EvalSetOfDocuments, TokenisesThemAsTrainingDoes) {
  const auto documents = [] {
    return DocumentReader(
        std::make_unique<MemorySource>("ab\n<|endoftext|>\ncd\n<|endoftext|>\ne"));
  };
  const Tokenizer tokenizer = character_tokenizer(true);
  DocumentReader reader = documents();
  const EvalSet set = eval_set_of_documents("held out", reader, tokenizer, 4);
  EXPECT_EQ(tokenizer.decode(set.tokens), "<s>ab<|endoftext|><s>cd<|endoftext|><s>e<|endoftext|>");
  EXPECT_EQ(set.bytes, 5);

  DocumentReader again = documents();
  const EvalSet cut = eval_set_of_documents("held out", again, tokenizer, 4, 5);
  EXPECT_EQ(tokenizer.decode(cut.tokens), "<s>ab<|endoftext|><s>cd<|endoftext|>");
  EXPECT_NE(cut.dataset_sha256, set.dataset_sha256);
}

TEST(EvalSet, ReturnsWhatWasWritten) {
  const TemporaryFolder folder;
  const EvalSet set = small_set();
  set.write(folder / "eval.json");
  const EvalSet read = EvalSet::read(folder / "eval.json");
  EXPECT_EQ(read.name, "small");
  EXPECT_EQ(read.tokens, set.tokens);
  EXPECT_EQ(read.bytes, 6);
  EXPECT_EQ(read.window, 3);
  EXPECT_EQ(read.tokenizer_sha256, character_tokenizer().hash());
  EXPECT_EQ(read.dataset_sha256, set.dataset_sha256);
}

TEST(EvalSet, RejectsFilesItCannotScore) {
  const TemporaryFolder folder;
  const auto rejects = [&](const std::string& what, const std::string& by,
                           const std::string& words) {
    small_set().write(folder / "eval.json");
    std::string text = read_file(folder / "eval.json");
    text.replace(text.find(what), what.size(), by);
    write_file_atomically(folder / "eval.json", text);
    EXPECT_THAT([&] { EvalSet::read(folder / "eval.json"); },
                ThrowsMessage<Error>(AllOf(HasSubstr("eval.json"), HasSubstr(words))));
  };
  rejects("\"version\":1", "\"version\":2", "found version 2; update Tern");
  rejects("\"bytes\"", "\"byte\"", "\"bytes\" is missing");
  rejects("\"bytes\":6", "\"bytes\":0", "of 0 bytes");
  rejects("\"window\":3", "\"window\":1", "a window of at least 2 tokens, found 1");
  rejects("\"tokens\":[", "\"tokens\":[-1,", "expected token ids, found -1");
  rejects("{", "", "not valid JSON");
}

TEST(EvalSet, NamesBothTokenizersWhenTheyDiffer) {
  const EvalSet set = small_set();
  set.check_tokenizer(character_tokenizer());
  const Tokenizer other = character_tokenizer(true);
  EXPECT_THAT([&] { set.check_tokenizer(other); },
              ThrowsMessage<Error>(
                  AllOf(HasSubstr(character_tokenizer().hash()), HasSubstr(other.hash()))));
}

TEST(EvalSet, RefusesTokensThatItsTokenizerLacks) {
  EvalSet set = small_set();
  set.tokens[1] = static_cast<int32_t>(character_tokenizer().vocab_size());
  EXPECT_THAT([&] { set.check_tokenizer(character_tokenizer()); },
              ThrowsMessage<Error>(HasSubstr("holds the token")));
}

TEST(EvalSet, AgreesWithThePublishedCountsOnWikitext2) {
  const std::filesystem::path data = shared_data();
  if (!std::filesystem::exists(data / "wikitext2")) GTEST_SKIP() << "no folder " << data;
  const std::string raw = read_file(data / "wikitext2/wiki.test.raw");
  EXPECT_EQ(wikitext_text(raw).size(), 1'296'370u);
  const std::pair<const char*, int64_t> counts[] = {
      {"gpt2", 287'644}, {"smollm2", 304'978}, {"llama3", 289'076}};
  for (const auto& [name, count] : counts) {
    const Tokenizer tokenizer = Tokenizer::load(data / "tokenizers" / name);
    const EvalSet set = eval_set_of_text("wikitext2", raw, tokenizer, 2048);
    EXPECT_EQ(std::ssize(set.tokens) - (tokenizer.adds_bos() ? 1 : 0), count) << name;
    EXPECT_TRUE(set.dataset_sha256.starts_with("173c87a5"));
  }
}

}  // namespace
}  // namespace tern
