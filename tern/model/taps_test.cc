#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tern/autograd/tape.h"
#include "tern/base/error.h"
#include "tern/model/model_test_util.h"
#include "tern/ops/head_cross_entropy.h"
#include "tern/ops/mse_loss.h"
#include "tern/ops/operators.h"
#include "tern/ops/relation_loss.h"

namespace tern {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr int64_t kB = 2, kT = 5;

class TapsTest : public ::testing::Test {
 protected:
  Llama model_ = random_model(tiny_config());
  Llama other_ = [] {
    Llama model(tiny_config(), {.trainable = false});
    model.initialize(/*seed=*/8, /*deviation=*/0.3);
    return model;
  }();
  const std::vector<int32_t> ids_ = random_tokens(kB * kT, 61);
  const std::vector<int32_t> targets_ = random_tokens(kB * kT, 61, 4);
};

TEST_F(TapsTest, HandOutWhatTheyAskForAndChangeNothing) {
  Taps taps{.hidden_blocks = {1, 0}, .attention_block = 1};
  const auto tapped = numbers(model_.hidden(ids_, kB, &taps));
  EXPECT_EQ(tapped, numbers(model_.hidden(ids_, kB)));
  ASSERT_EQ(taps.hidden.size(), 2u);
  EXPECT_EQ(taps.hidden[0].shape(), (Shape{kB, kT, 24}));
  EXPECT_NE(numbers(taps.hidden[0]), numbers(taps.hidden[1]));
  EXPECT_EQ(taps.queries.shape(), (Shape{kB, kT, 4, 6}));
  EXPECT_EQ(taps.keys.shape(), (Shape{kB, kT, 2, 6}));
  EXPECT_EQ(taps.values.shape(), (Shape{kB, kT, 2, 6}));
}

TEST_F(TapsTest, QueriesAndKeysAreTheProjectionsBeforeTheRotation) {
  // All positions hold the same token in the same block, so that only the rotation tells them
  // apart.
  Taps taps{.hidden_blocks = {}, .attention_block = 0};
  model_.hidden(std::vector<int32_t>(kT, 7), 1, &taps);
  const auto q = numbers(taps.queries);
  for (size_t i = 24; i < q.size(); ++i) EXPECT_FLOAT_EQ(q[i], q[i % 24]);
}

TEST_F(TapsTest, LossesOnWhatTheyHandOutAreAddedToTheHeads) {
  Taps theirs{.hidden_blocks = {0, 1}, .attention_block = 0};
  other_.hidden(ids_, kB, &theirs);
  const auto loss = [&] {
    Taps mine{.hidden_blocks = {0, 1}, .attention_block = 0};
    const Tensor x = model_.hidden(ids_, kB, &mine);
    Tensor sum = head_cross_entropy(x, model_.head(), targets_);
    for (size_t i = 0; i < 2; ++i) {
      sum = sum + scale(mse_loss(mine.hidden[i], theirs.hidden[i]), 0.1f);
    }
    sum = sum + relation_loss(mine.queries, theirs.queries);
    sum = sum + relation_loss(mine.keys, theirs.keys);
    return sum + relation_loss(mine.values, theirs.values);
  };
  {
    Tape tape;
    tape.backward(loss());
  }
  // Weights on the way to every tap, those behind it, and the embedding.
  for (const char* name :
       {"model.layers.0.self_attn.q_proj.weight", "model.layers.0.self_attn.v_proj.weight",
        "model.layers.0.input_layernorm.weight", "model.layers.1.mlp.down_proj.weight",
        "model.embed_tokens.weight"}) {
    const Tensor& weight = model_.parameters().at(name);
    for (const int64_t i : {int64_t{0}, weight.size() / 2, weight.size() - 1}) {
      float& value = weight.values<float>()[i];
      const float saved = value;
      value = saved + 1e-2f;
      const double above = loss().item();
      value = saved - 1e-2f;
      const double below = loss().item();
      value = saved;
      const double numeric = (above - below) / 2e-2;
      EXPECT_NEAR(gradient(weight).values<float>()[i], numeric, 2e-2 * (1 + std::abs(numeric)))
          << name;
    }
  }
}

TEST_F(TapsTest, ABlockThatTheModelHasNotIsRefused) {
  Taps hidden{.hidden_blocks = {2}};
  EXPECT_THAT([&] { model_.hidden(ids_, kB, &hidden); },
              ThrowsMessage<Error>(HasSubstr("no block 2")));
  Taps attention{.attention_block = 2};
  EXPECT_THROW(model_.hidden(ids_, kB, &attention), Error);
}

}  // namespace
}  // namespace tern
