#include "demo/pretrain.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tern/base/error.h"
#include "tern/model/model_test_util.h"

namespace tern {
namespace {

constexpr int kVocabulary = 16;

/// The ids in a circle, begun at a place that depends on the position.
class Circle : public TextWindows {
 protected:
  void copy_window(int64_t position, std::span<int32_t> window) override {
    for (size_t i = 0; i < window.size(); ++i) {
      window[i] = static_cast<int32_t>((static_cast<size_t>(5 * position) + i) % kVocabulary);
    }
  }
};

Llama small_model() {
  LlamaConfig config = tiny_config();
  config.vocab_size = kVocabulary;
  Llama model(config, {});
  model.initialize(1);
  return model;
}

constexpr PretrainOptions kOptions = {
    .steps = 100, .batch_size = 2, .sequence_length = 8, .lr = 2e-2f};

TEST(Pretrain, LearnsWhatFollowsWhat) {
  Llama model = small_model();
  Circle tokens;
  double first = 0, last = 0;
  pretrain(model, tokens, kOptions, [&](const PretrainProgress& now) {
    if (now.step == 1) first = now.loss;
    last = now.loss;
  });
  EXPECT_GT(first, 2.5);  // log 16 = 2.77 for a model that knows nothing
  EXPECT_LT(last, 0.1);
}

TEST(Pretrain, TheSameOptionsGiveTheSameBits) {
  Circle tokens;
  Llama one = small_model(), two = small_model();
  pretrain(one, tokens, kOptions);
  pretrain(two, tokens, kOptions);
  for (const auto& [name, tensor] : one.parameters().all()) {
    EXPECT_EQ(std::memcmp(tensor.raw(), two.parameters().at(name).raw(), tensor.bytes()), 0)
        << name;
  }
}

TEST(Pretrain, TellsEveryStepAndHowFarItIs) {
  Llama model = small_model();
  Circle tokens;
  int64_t calls = 0;
  pretrain(model, tokens, kOptions, [&](const PretrainProgress& now) {
    EXPECT_EQ(now.step, ++calls);
    EXPECT_DOUBLE_EQ(now.fraction, static_cast<double>(now.step) / 100);
  });
  EXPECT_EQ(calls, 100);
}

TEST(Pretrain, ATimeThatIsUpEndsTheRun) {
  Llama model = small_model();
  Circle tokens;
  PretrainOptions options = kOptions;
  options.max_seconds = 1e-9;
  int64_t steps = 0;
  pretrain(model, tokens, options, [&](const PretrainProgress& now) { steps = now.step; });
  EXPECT_EQ(steps, 1);
}

TEST(Pretrain, ALossThatIsNotFiniteStopsWithTheStep) {
  Llama model = small_model();
  Circle tokens;
  PretrainOptions options = kOptions;
  options.lr = 1e30f;
  EXPECT_THROW(pretrain(model, tokens, options), Error);
}

}  // namespace
}  // namespace tern
