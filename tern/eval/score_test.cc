#include "tern/eval/score.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>

#include "tern/base/error.h"
#include "tern/data/tokenizer_test_util.h"
#include "tern/model/model_test_util.h"

namespace tern {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr const char* kTwoStories = "once upon\n<|endoftext|>\na time";

/// A model with the vocabulary of character_tokenizer() and a context of 32.
LlamaConfig character_config() {
  LlamaConfig config = tiny_config();
  config.vocab_size = character_tokenizer().vocab_size();
  return config;
}

/// Nats of predicting every token of a sequence but its first.
double nats(Llama& model, std::span<const int32_t> tokens) {
  const auto nll =
      model.negative_log_likelihood(tokens.first(tokens.size() - 1), tokens.subspan(1), 1);
  return std::accumulate(nll.begin(), nll.end(), 0.0);
}

TEST(ScoreWindows, AModelThatKnowsNothingHasTheVocabularyAsPerplexity) {
  Llama model(tiny_config(), {});
  model.initialize(1, /*deviation=*/0);
  const Score score = score_windows(model, random_set(20, 10));
  EXPECT_NEAR(score.ppl, 61, 61e-6);
  EXPECT_NEAR(score.bpb, std::log2(61) / 4, 1e-5);
}

TEST(ScoreWindows, AddsUpWindowsThatDoNotOverlapAndDropsTheTail) {
  Llama model = random_model(tiny_config());
  const EvalSet set = random_set(29, 10);
  const std::span tokens(set.tokens);
  const double mean =
      (nats(model, tokens.subspan(0, 10)) + nats(model, tokens.subspan(10, 10))) / 18;
  const Score score = score_windows(model, set);
  EXPECT_EQ(score.windows, 2);
  EXPECT_EQ(score.tokens, 18);
  EXPECT_DOUBLE_EQ(score.nll_per_token, mean);
  EXPECT_DOUBLE_EQ(score.ppl, std::exp(mean));
  EXPECT_DOUBLE_EQ(score.bpb, mean / std::numbers::ln2 * 29 / 116);
}

TEST(ScoreWindows, AreNoLongerThanTheModelsContext) {
  Llama model = random_model(tiny_config());
  const Score score = score_windows(model, random_set(100, 50));
  EXPECT_EQ(score.window, 32);
  EXPECT_EQ(score.windows, 3);
}

TEST(ScoreWindows, ALimitKeepsTheFirstWindowsAndAtLeastOne) {
  Llama model = random_model(tiny_config());
  const EvalSet set = random_set(100, 10);
  EXPECT_EQ(score_windows(model, set, {.max_tokens = 35, .on_progress = {}}).windows, 3);
  EXPECT_EQ(score_windows(model, set, {.max_tokens = 1, .on_progress = {}}).windows, 1);
}

TEST(ScoreWindows, ReportsPerplexityWindowByWindow) {
  Llama model = random_model(tiny_config());
  std::vector<ScoreProgress> seen;
  const Score score = score_windows(
      model, random_set(30, 10),
      {.max_tokens = 0, .on_progress = [&](const ScoreProgress& p) { seen.push_back(p); }});
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen[0].windows_done, 1);
  EXPECT_EQ(seen[0].windows, 3);
  EXPECT_DOUBLE_EQ(seen[2].ppl, score.ppl);
}

TEST(ScoreWindows, ASetShorterThanAWindowIsOneShortWindow) {
  Llama model = random_model(tiny_config());
  const EvalSet set = random_set(9, 10);
  const Score score = score_windows(model, set);
  EXPECT_EQ(score.window, 9);
  EXPECT_EQ(score.windows, 1);
  EXPECT_EQ(score.tokens, 8);
  EXPECT_DOUBLE_EQ(score.nll_per_token, nats(model, set.tokens) / 8);
}

TEST(ScoreWindows, RefusesASetWithNothingToPredict) {
  Llama model = random_model(tiny_config());
  EXPECT_THAT([&] { score_windows(model, random_set(1, 10)); },
              ThrowsMessage<Error>(HasSubstr("at least 2 tokens to score, one to predict from and "
                                             "one to predict, found 1 tokens")));
}

TEST(ScoreWindows, RefusesAModelWhosePredictionsAreNoNumbers) {
  Llama model = random_model(tiny_config());
  model.parameters().at("model.norm.weight").values<float>()[0] = NAN;
  EXPECT_THAT([&] { score_windows(model, random_set(20, 10)); },
              ThrowsMessage<Error>(HasSubstr("the model has no score")));
}

TEST(ScoreText, IsOneWindowWhereItIsShorterThanTheContext) {
  Llama model = random_model(character_config());
  const Score score = score_text(model, character_tokenizer(), "once upon");
  EXPECT_EQ(score.windows, 1);
  EXPECT_EQ(score.window, 9);
  EXPECT_EQ(score.tokens, 8) << "without a token that begins a text, the first is only context";
  EXPECT_EQ(score_text(model, character_tokenizer(true), "once upon").tokens, 9);
}

TEST(ScoreText, IsCutIntoWindowsOfTheContext) {
  Llama model = random_model(character_config());
  EXPECT_EQ(score_text(model, character_tokenizer(), std::string(70, 'x')).tokens, 2 * 31);
}

TEST(ScoreText, RefusesATextWithNothingToPredict) {
  Llama model = random_model(character_config());
  EXPECT_THROW(score_text(model, character_tokenizer(), "x"), Error);
  EXPECT_THROW(score_documents(model, character_tokenizer(), ""), Error);
}

TEST(ScoreDocuments, ScoresEachOnItsOwn) {
  Llama model = random_model(character_config());
  for (const bool adds_bos : {false, true}) {
    const Tokenizer tokenizer = character_tokenizer(adds_bos);
    double sum = 0;
    int64_t predicted = 0;
    for (const char* text : {"once upon", "a time"}) {
      std::vector<int32_t> tokens(adds_bos ? 1 : 0, 2);  // <s>
      tokenizer.encode(text, tokens);
      sum += nats(model, tokens);
      predicted += std::ssize(tokens) - 1;
    }
    const Score score = score_documents(model, tokenizer, kTwoStories);
    EXPECT_EQ(score.windows, 2);
    EXPECT_EQ(score.tokens, predicted);
    EXPECT_DOUBLE_EQ(score.nll_per_token, sum / static_cast<double>(predicted));
    // A token a character: the token that begins a text stands for no byte.
    EXPECT_DOUBLE_EQ(score.bpb, score.nll_per_token / std::numbers::ln2);
  }
}

TEST(ScoreDocuments, AreCutAtTheModelsContext) {
  Llama model = random_model(character_config());
  const Score score = score_documents(model, character_tokenizer(true), std::string(50, 'x'));
  EXPECT_EQ(score.tokens, 31);
  EXPECT_DOUBLE_EQ(score.bpb, score.nll_per_token / std::numbers::ln2);
}

TEST(SplitDocuments, TakesTheMarksAwayAndNothingElse) {
  EXPECT_THAT(split_documents(kTwoStories), ElementsAre("once upon", "a time"));
  EXPECT_THAT(split_documents("a \n\n<|endoftext|>\n\n b\n"), ElementsAre("a \n", "\n b\n"));
  EXPECT_THAT(split_documents("a<|endoftext|>b<|endoftext|>\n"), ElementsAre("a", "b"));
  EXPECT_THAT(split_documents("<|endoftext|>\n<|endoftext|>\n"), ElementsAre());
}

}  // namespace
}  // namespace tern
