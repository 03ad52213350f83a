#include "tern/train/evaluate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tern/model/model_test_util.h"

namespace tern {
namespace {

TEST(Evaluate, ATextShorterThanAWindowIsOneShortWindow) {
  Llama model = random_model(tiny_config());
  const EvalSet set = random_set(9, 10);
  const std::span tokens(set.tokens);
  const auto nll = model.negative_log_likelihood(tokens.first(8), tokens.last(8), 1);
  const Evaluation score = evaluate(model, set, 0);
  EXPECT_EQ(score.tokens, 8);
  EXPECT_DOUBLE_EQ(score.ppl, std::exp(std::accumulate(nll.begin(), nll.end(), 0.0) / 8));
}

TEST(Evaluate, DropsTheTailBehindTheLastWholeWindow) {
  Llama model = random_model(tiny_config());
  EXPECT_EQ(evaluate(model, random_set(29, 10), 0).tokens, 2 * 9);
}

}  // namespace
}  // namespace tern
