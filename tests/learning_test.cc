// Tiny models learn a tiny task from nothing, which a wrong gradient, optimizer step or
// straight-through rule keeps them from.

#include <gtest/gtest.h>

#include "tern/autograd/tape.h"
#include "tern/model/model_test_util.h"
#include "tern/ops/hadamard.h"
#include "tern/optim/gradients.h"
#include "tern/optim/optimizer.h"

namespace tern {
namespace {

/// Sequences of random symbols, a separator, and the same symbols in reverse, of which only those
/// count: "3 1 4 | 4 1 3".
struct ReversalBatch {
  static constexpr int64_t kSymbols = 8, kLength = 6, kSequences = 32;
  static constexpr int32_t kSeparator = kSymbols;
  std::vector<int32_t> inputs, targets;

  explicit ReversalBatch(uint64_t seed) {
    Rng rng(seed);
    for (int64_t s = 0; s < kSequences; ++s) {
      std::vector<int32_t> symbols(kLength);
      for (int32_t& symbol : symbols) symbol = static_cast<int32_t>(rng.below(kSymbols));
      std::vector<int32_t> sequence = symbols;
      sequence.push_back(kSeparator);
      sequence.insert(sequence.end(), symbols.rbegin(), symbols.rend());
      inputs.insert(inputs.end(), sequence.begin(), sequence.end() - 1);
      targets.insert(targets.end(), kLength, -1);
      targets.insert(targets.end(), symbols.rbegin(), symbols.rend());
    }
  }
};

Llama small_model(DType compute) {
  LlamaConfig config = tiny_config();
  config.vocab_size = ReversalBatch::kSymbols + 1;
  config.hidden_size = 64;
  config.head_dim = 16;
  config.intermediate_size = 128;
  Llama model(config, {.compute = compute});
  model.initialize(/*seed=*/2, /*deviation=*/0.1);
  return model;
}

/// How a model is trained.
struct Method {
  std::string optimizer = "adamw";
  float lr = 3e-3f;
  float weight_decay = 0.1f;
  DType state = DType::f32;
};

/// Loss on unseen sequences after so many steps on fresh ones.
double loss_after(Llama& model, int64_t steps, const Method& method = {}) {
  std::vector<std::string> matrices;
  for (const Llama::Linear& linear : model.linears()) matrices.push_back(linear.name);
  const auto optimizer =
      make_optimizer(groups_of(model.parameters(), matrices),
                     {.kind = method.optimizer, .state = std::string(name_of(method.state))});
  for (int64_t step = 0; step < steps; ++step) {
    const ReversalBatch batch(static_cast<uint64_t>(step));
    Tape tape;
    const Tensor loss = model.loss(batch.inputs, batch.targets, ReversalBatch::kSequences);
    tape.backward(loss);
    const float left = 1 - static_cast<float>(step) / static_cast<float>(steps);
    optimizer->step({.lr = method.lr * left,
                     .weight_decay = method.weight_decay,
                     .gradient_scale = clip_factor(gradient_norm(model.parameters()), 1.0)});
  }
  const ReversalBatch unseen(1'000'000);
  return model.loss(unseen.inputs, unseen.targets, ReversalBatch::kSequences).item();
}

// Guessing has the loss ln 8 = 2.08. Measured with this seed: 0.0042 (f32) and 0.0041 (bf16) after
// 250 steps, ternary 0.0024 and 0.0022 after 400; some other seeds end at 0.19.

TEST(Learning, AFullPrecisionModelReversesSequencesAfter250Steps) {
  for (const DType compute : {DType::f32, DType::bf16}) {
    Llama model = small_model(compute);
    EXPECT_LT(loss_after(model, 250), 0.03) << name_of(compute);
  }
}

TEST(Learning, ATernaryModelReversesSequencesAfter400Steps) {
  for (const DType compute : {DType::f32, DType::bf16}) {
    Llama model = small_model(compute);
    model.replace_linears<TestBitLinear>(Grouping{32}, 1.0f, InputOptions{.bits = 8});
    EXPECT_LT(loss_after(model, 400), 0.03) << name_of(compute);
  }
}

/// A ternary model with other inputs of its layers, or trained by another method.
double ternary_loss_after(int64_t steps, const Method& method,
                          const InputOptions& inputs = {.bits = 8}) {
  Llama model = small_model(DType::f32);
  for (const Llama::Linear& linear : model.linears()) {
    if (inputs.hadamard > 0) rotate_weights(model.parameters().at(linear.name), inputs.hadamard);
  }
  model.replace_linears<TestBitLinear>(Grouping{32}, 1.0f, inputs);
  return loss_after(model, steps, method);
}

// Measured with f32: channel 0.0046, rms 0.0048, 4 bits 0.018, by absmean 0.029, clipped 0.031,
// rotated 0.0017.

TEST(Learning, ATernaryModelLearnsWithEveryWayToQuantizeItsInputs) {
  const std::vector<std::pair<const char*, InputOptions>> ways = {
      {"a channel, 8 bits", {.bits = 8, .scale = "channel"}},
      {"a token, 4 bits", {.bits = 4}},
      {"absmean, 4 bits", {.bits = 4, .scale = "absmean"}},
      {"clipped, 4 bits", {.bits = 4, .clip = 0.8f}},
      {"behind a norm, 8 bits", {.bits = 8, .norm = "rms"}},
      {"rotated, 4 bits", {.bits = 4, .hadamard = 64}}};
  for (const auto& [name, inputs] : ways) {
    EXPECT_LT(ternary_loss_after(400, {}, inputs), 0.1) << name;
  }
}

// Measured: muon 0.0002 (at AdamW's own lr, 0.36: its steps are a fifth as large). Lion is still
// falling after 400 steps, to 0.001 to 0.05 by the seed and the order of float32's sums; after 600
// to 0.0002 to 0.0013.

TEST(Learning, MuonLearnsWithMomentsInFullAndInHalfTheBytes) {
  for (const DType state : {DType::f32, DType::bf16}) {
    EXPECT_LT(ternary_loss_after(300, {.optimizer = "muon", .lr = 1e-2f, .state = state}), 0.03)
        << name_of(state);
  }
}

TEST(Learning, LionLearnsAtAThirdOfTheLearningRateAndThreeTimesTheDecay) {
  for (const DType state : {DType::f32, DType::bf16}) {
    EXPECT_LT(ternary_loss_after(
                  600, {.optimizer = "lion", .lr = 1e-3f, .weight_decay = 0.3f, .state = state}),
              0.03)
        << name_of(state);
  }
}

TEST(Learning, AdamWWithMomentsInHalfTheBytesLearnsAsWell) {
  EXPECT_LT(ternary_loss_after(400, {.state = DType::bf16}), 0.03);
}

}  // namespace
}  // namespace tern
