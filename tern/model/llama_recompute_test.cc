#include <gtest/gtest.h>

#include "tern/autograd/tape.h"
#include "tern/model/model_test_util.h"
#include "tern/tensor/arena.h"

namespace tern {
namespace {

constexpr int64_t kSequences = 2, kLength = 32;

Llama make(bool recompute, DType compute) {
  LlamaConfig config = tiny_config();
  config.num_hidden_layers = 3;
  Llama model(config, {.compute = compute, .recompute = recompute});
  model.initialize(/*seed=*/1, /*deviation=*/0.1);
  model.replace_linears<TestBitLinear>(Grouping{32}, 0.7f);
  return model;
}

/// The gradients that two batches add up to.
std::vector<float> gradients(bool recompute, DType compute) {
  Llama model = make(recompute, compute);
  for (uint64_t seed : {5, 6}) {
    const auto tokens = random_tokens(kSequences * kLength + 1, model.config().vocab_size, seed);
    const std::span ids(tokens);
    Tape tape;
    tape.backward(model.loss(ids.first(ids.size() - 1), ids.subspan(1), kSequences));
  }
  std::vector<float> all;
  for (const auto& [name, tensor] : model.parameters().all()) {
    const auto values = tensor.gradient_slot().values<const float>();
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

TEST(LlamaRecompute, GivesTheSameGradientsToTheLastBit) {
  for (const DType compute : {DType::f32, DType::bf16}) {
    EXPECT_EQ(gradients(true, compute), gradients(false, compute)) << name_of(compute);
  }
}

/// Bytes that one step holds at most beside the model.
size_t peak_of_step(bool recompute) {
  Llama model = make(recompute, DType::f32);
  const auto tokens = random_tokens(kSequences * kLength + 1, model.config().vocab_size, 5);
  const std::span ids(tokens);
  const size_t before = arena_statistics().in_use;
  arena_reset_peak();
  Tape tape;
  tape.backward(model.loss(ids.first(ids.size() - 1), ids.subspan(1), kSequences));
  return arena_statistics().peak - before;
}

TEST(LlamaRecompute, HoldsAboutOneBlocksActivationsInsteadOfAll) {
  EXPECT_LT(peak_of_step(true), peak_of_step(false) / 2);
}

}  // namespace
}  // namespace tern
