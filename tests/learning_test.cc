// Tiny models learn a tiny task from nothing, which a wrong gradient, optimizer step or
// straight-through rule keeps them from.

#include <gtest/gtest.h>

#include "tern/autograd/tape.h"
#include "tern/model/model_test_util.h"
#include "tern/optim/adamw.h"
#include "tern/optim/gradients.h"

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

/// Loss on unseen sequences after so many steps on fresh ones.
double loss_after(Llama& model, int64_t steps) {
  AdamW optimizer(model.parameters(), {});
  for (int64_t step = 0; step < steps; ++step) {
    const ReversalBatch batch(static_cast<uint64_t>(step));
    Tape tape;
    const Tensor loss = model.loss(batch.inputs, batch.targets, ReversalBatch::kSequences);
    tape.backward(loss);
    const float lr = 3e-3f * (1 - static_cast<float>(step) / static_cast<float>(steps));
    optimizer.step(lr, clip_factor(gradient_norm(model.parameters()), 1.0));
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

}  // namespace
}  // namespace tern
