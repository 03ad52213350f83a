#include "tern/text/bpe_trainer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tern/base/error.h"
#include "tern/base/rng.h"
#include "tern/text/tokenizer.h"

namespace tern {
namespace {

std::string train(std::string_view text, const BpeTrainerOptions& options) {
  return train_byte_level_bpe({&text, 1}, options);
}

Tokenizer trained(std::string_view text, const BpeTrainerOptions& options) {
  return Tokenizer::parse(train(text, options), "trained");
}

TEST(BpeTrainer, SpecialTokensComeFirstThenBytesThenMerges) {
  const Tokenizer tokenizer =
      trained("abab", {.vocab_size = 259, .special_tokens = {"<s>", "</s>"}});
  EXPECT_EQ(tokenizer.vocab_size(), 259);
  EXPECT_EQ(tokenizer.token_to_id("<s>"), 0);
  EXPECT_EQ(tokenizer.token_to_id("</s>"), 1);
  EXPECT_EQ(tokenizer.token_to_id("a"), 2 + 'a');
  EXPECT_EQ(tokenizer.token_to_id("ab"), 258);
}

TEST(BpeTrainer, TheMostFrequentPairIsMergedFirst) {
  const Tokenizer tokenizer = trained("hug hug hug pug pun", {.vocab_size = 258});
  EXPECT_EQ(tokenizer.token_to_id("ug"), 256);   // 4 times
  EXPECT_EQ(tokenizer.token_to_id("hug"), 257);  // 3 times
}

TEST(BpeTrainer, TiesGoToTheLowerLeftIdThenToTheLowerRightId) {
  const Tokenizer tokenizer = trained("bd\nbc\nad", {.vocab_size = 259});
  EXPECT_EQ(tokenizer.token_to_id("ad"), 256);
  EXPECT_EQ(tokenizer.token_to_id("bc"), 257);
  EXPECT_EQ(tokenizer.token_to_id("bd"), 258);
}

TEST(BpeTrainer, OverlappingPairsAreCountedAndMergedFromTheLeft) {
  const Tokenizer tokenizer = trained("aaaaa", {.vocab_size = 258});
  EXPECT_EQ(tokenizer.token_to_id("aa"), 256);
  EXPECT_EQ(tokenizer.token_to_id("aaa"), 257);  // aa aa a: "aa a" wins the tie with "aa aa"
}

/// Byte-pair encoding as it is defined: all pairs are counted afresh for every merge. Returns the
/// merged tokens in order, each spelled once.
std::vector<std::string> train_plainly(std::vector<std::vector<std::string>> words,
                                       const std::vector<std::string>& first_tokens,
                                       size_t merges) {
  std::vector<std::string> tokens = first_tokens;
  const auto id_of = [&](const std::string& token) {
    return std::find(tokens.begin(), tokens.end(), token) - tokens.begin();
  };
  std::set<std::pair<ptrdiff_t, ptrdiff_t>> passed_over;
  while (tokens.size() < first_tokens.size() + merges) {
    std::map<std::pair<ptrdiff_t, ptrdiff_t>, int> counts;
    for (const auto& word : words) {
      for (size_t i = 0; i + 1 < word.size(); ++i) ++counts[{id_of(word[i]), id_of(word[i + 1])}];
    }
    for (const auto& pair : passed_over) counts.erase(pair);
    if (counts.empty()) break;
    const auto best =
        std::max_element(  // the first of equals, in the order of ids
            counts.begin(), counts.end(), [](auto& a, auto& b) { return a.second < b.second; })
            ->first;
    const std::string left = tokens[best.first], right = tokens[best.second];
    if (id_of(left + right) < std::ssize(tokens)) {
      passed_over.insert(best);
      continue;
    }
    tokens.push_back(left + right);
    for (auto& word : words) {
      for (size_t i = 0; i + 1 < word.size(); ++i) {
        if (word[i] != left || word[i + 1] != right) continue;
        word[i] += right;
        word.erase(word.begin() + static_cast<ptrdiff_t>(i) + 1);
      }
    }
  }
  return {tokens.begin() + std::ssize(first_tokens), tokens.end()};
}

TEST(BpeTrainer, AgreesWithCountingAfreshForEveryMerge) {
  Rng rng(11);
  for (int round = 0; round < 50; ++round) {
    std::string text;
    std::vector<std::vector<std::string>> words;
    for (int i = 0; i < 12; ++i) {
      auto& word = words.emplace_back();
      for (uint64_t j = 1 + rng.below(9); j > 0; --j) {
        word.emplace_back(1, static_cast<char>('a' + rng.below(2 + round % 2)));
        text += word.back();
      }
      text += '\n';
    }
    const std::vector<std::string> plain = train_plainly(words, {"a", "b", "c"}, 30);
    const Tokenizer tokenizer = trained(text, {.vocab_size = 286});
    ASSERT_EQ(tokenizer.vocab_size(), 256 + std::ssize(plain));
    for (size_t i = 0; i < plain.size(); ++i) {
      EXPECT_EQ(tokenizer.token_to_id(plain[i]), 256 + static_cast<int32_t>(i)) << plain[i];
    }
  }
}

TEST(BpeTrainer, TheSameTextsGiveTheSameFile) {
  const std::string text = "the cat sat on the mat; the dog sat on the log";
  EXPECT_EQ(train(text, {.vocab_size = 300}), train(text, {.vocab_size = 300}));
}

TEST(BpeTrainer, TextsAddUp) {
  const std::vector<std::string_view> texts = {"xy xy", "zw zw zw"};
  const Tokenizer tokenizer =
      Tokenizer::parse(train_byte_level_bpe(texts, {.vocab_size = 257}), "trained");
  EXPECT_EQ(tokenizer.token_to_id("zw"), 256);
}

TEST(BpeTrainer, SpecialTokensAreNotLearntFrom) {
  const Tokenizer tokenizer =
      trained("<end><end><end><end>ab", {.vocab_size = 258, .special_tokens = {"<end>"}});
  EXPECT_EQ(tokenizer.token_to_id("ab"), 257);
  EXPECT_EQ(tokenizer.encode("ab<end>"), (std::vector<int32_t>{257, 0}));
}

TEST(BpeTrainer, ASmallTextGivesASmallVocabulary) {
  EXPECT_EQ(trained("ab", {.vocab_size = 1000}).vocab_size(), 257);
  EXPECT_EQ(trained("", {.vocab_size = 1000}).vocab_size(), 256);
}

TEST(BpeTrainer, AnyTextComesBackFromItsIds) {
  const Tokenizer tokenizer = trained("one 1 two 22 three", {.vocab_size = 270});
  std::string text = "caf\u00E9 \U0001F600 \u4E2D 2024\r\n\t";
  for (char byte = 0; byte < 127; ++byte) text += byte;
  EXPECT_EQ(tokenizer.decode(tokenizer.encode(text)), text);
}

TEST(BpeTrainer, RefusesImpossibleOptions) {
  EXPECT_THROW(train("a", {.vocab_size = 256, .special_tokens = {"<s>"}}), Error);
  EXPECT_THROW(train("a", {.vocab_size = 300, .special_tokens = {"<s>", "<s>"}}), Error);
  EXPECT_THROW(train("a", {.vocab_size = 300, .special_tokens = {""}}), Error);
  EXPECT_THROW(train("a", {.vocab_size = 300, .special_tokens = {"a"}}), Error);
}

}  // namespace
}  // namespace tern
