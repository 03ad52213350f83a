#include "tern/train/memory_estimate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tern {
namespace {

LlamaConfig llama_1b() {
  LlamaConfig c;
  c.vocab_size = 128256;
  c.hidden_size = 2048;
  c.intermediate_size = 8192;
  c.num_hidden_layers = 16;
  c.num_attention_heads = 32;
  c.num_key_value_heads = 8;
  c.head_dim = 64;
  c.tie_word_embeddings = true;
  return c;
}

TEST(MemoryEstimate, LlamaOneBillionFitsTwentyGigabytesWithBf16MomentsAndRecomputation) {
  const LlamaOptions kept{.compute = DType::bf16};
  const LlamaOptions again{.compute = DType::bf16, .recompute = true};
  EXPECT_GT(estimate_memory(llama_1b(), kept, 2048, DType::f32).total(), 24e9);
  EXPECT_LT(estimate_memory(llama_1b(), again, 2048, DType::bf16).total(), 20e9);
}

TEST(MemoryEstimate, SaysWhatEachArmSaves) {
  const LlamaOptions again{.compute = DType::bf16, .recompute = true};
  const MemoryEstimate m = estimate_memory(llama_1b(), again, 2048, DType::bf16);
  EXPECT_NEAR(m.optimizer_f32 / m.optimizer, 2, 1e-9);
  EXPECT_GT(m.kept_activations, 4 * m.activations);
  EXPECT_THAT(m.to_string(),
              testing::AllOf(testing::HasSubstr("(f32: 9.9)"), testing::HasSubstr("(kept: ")));
}

TEST(MemoryEstimate, CountsATeacherBesideTheModel) {
  const LlamaOptions options{.compute = DType::bf16};
  const MemoryEstimate alone = estimate_memory(llama_1b(), options, 2048, DType::f32);
  const MemoryEstimate both = estimate_memory(llama_1b(), options, 2048, DType::f32, true);
  EXPECT_GT(both.total(), alone.total() + 2 * 1.2e9);
  EXPECT_THAT(both.to_string(), testing::HasSubstr(", teacher 3."));
}

TEST(MemoryEstimate, SaysNothingOfArmsThatAreNotInUse) {
  const MemoryEstimate m = estimate_memory(llama_1b(), {.compute = DType::bf16}, 2048, DType::f32);
  EXPECT_THAT(m.to_string(), testing::Not(testing::HasSubstr("(")));
}

}  // namespace
}  // namespace tern
