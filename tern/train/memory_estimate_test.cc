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

const MemoryUsers kBf16Moments{.optimizer = {.state = "bf16"}};

TEST(MemoryEstimate, LlamaOneBillionFitsTwentyGigabytesWithBf16MomentsAndRecomputation) {
  const LlamaOptions kept{.compute = DType::bf16};
  const LlamaOptions again{.compute = DType::bf16, .recompute = true};
  EXPECT_GT(estimate_memory(llama_1b(), kept, 2048).total(), 24e9);
  EXPECT_LT(estimate_memory(llama_1b(), again, 2048, kBf16Moments).total(), 20e9);
}

TEST(MemoryEstimate, SaysWhatEachArmSaves) {
  const LlamaOptions again{.compute = DType::bf16, .recompute = true};
  const MemoryEstimate m = estimate_memory(llama_1b(), again, 2048, kBf16Moments);
  EXPECT_NEAR(m.optimizer_f32 / m.optimizer, 2, 1e-9);
  EXPECT_GT(m.kept_activations, 4 * m.activations);
  EXPECT_THAT(m.to_string(),
              testing::AllOf(testing::HasSubstr("(f32: 9.9 GB)"), testing::HasSubstr("(kept: ")));
}

TEST(MemoryEstimate, CountsATeacherBesideTheModel) {
  const LlamaOptions options{.compute = DType::bf16};
  const MemoryEstimate alone = estimate_memory(llama_1b(), options, 2048);
  const MemoryEstimate both = estimate_memory(llama_1b(), options, 2048, {.teacher = true});
  EXPECT_GT(both.total(), alone.total() + 2 * 1.2e9);
  EXPECT_THAT(both.to_string(), testing::HasSubstr(", teacher 3."));
}

TEST(MemoryEstimate, CountsTheMomentsThatTheOptimizerKeeps) {
  const LlamaConfig c = llama_1b();
  const auto moments = [&](const char* optimizer) {
    return estimate_memory(c, {}, 2048, {.optimizer = {.kind = optimizer}}).optimizer / 4;
  };
  const auto all = static_cast<double>(c.parameter_count());
  EXPECT_EQ(moments("adamw"), 2 * all);
  EXPECT_EQ(moments("lion"), all);
  EXPECT_EQ(moments("muon"), 2 * all - static_cast<double>(c.linear_parameter_count()));
}

TEST(MemoryEstimate, CountsAnAverageOfTheWeights) {
  const MemoryEstimate without = estimate_memory(llama_1b(), {}, 2048);
  const MemoryEstimate with =
      estimate_memory(llama_1b(), {}, 2048, {.optimizer = {.average = 0.9}});
  EXPECT_EQ(with.total(), without.total() + without.weights);
  EXPECT_THAT(with.to_string(), testing::HasSubstr(", average 4.9"));
}

TEST(MemoryEstimate, CountsTheStartsGramMatricesOnlyWhereTheyAreThePeak) {
  // Moments take more than the Gram matrices of 2,048 or 8,192 inputs a layer ...
  const MemoryEstimate small = estimate_memory(llama_1b(), {}, 2048);
  const MemoryEstimate fitted = estimate_memory(llama_1b(), {}, 2048, {.start = "gptq"});
  EXPECT_EQ(fitted.start, 4.0 * 16 * (3 * 2048.0 * 2048 + 8192.0 * 8192));
  EXPECT_EQ(fitted.total(), small.total());
  EXPECT_THAT(fitted.to_string(), testing::HasSubstr("5.1 GB for the start"));
  // ... but less than those of a layer that is far wider than the model.
  LlamaConfig wide = llama_1b();
  wide.intermediate_size = 16 * 8192;
  const MemoryEstimate peak = estimate_memory(wide, {}, 16, {.start = "gptq"});
  EXPECT_EQ(peak.total(), peak.weights + peak.gradients + peak.start);
}

TEST(MemoryEstimate, CountsTheInputsThatAreQuantizedForTernaryLayers) {
  const LlamaOptions options{.compute = DType::bf16};
  const MemoryEstimate plain = estimate_memory(llama_1b(), options, 2048);
  const MemoryEstimate quantized =
      estimate_memory(llama_1b(), options, 2048, {.inputs = {.bits = 8}});
  // In each of 16 blocks four inputs of a token, 2,048, 2,048, 2,048 and 8,192 numbers wide.
  EXPECT_EQ(quantized.total() - plain.total(), 16.0 * 2048 * 2 * (3 * 2048 + 8192));
}

TEST(MemoryEstimate, SaysNothingOfArmsThatAreNotInUse) {
  const MemoryEstimate m = estimate_memory(llama_1b(), {.compute = DType::bf16}, 2048);
  EXPECT_THAT(m.to_string(), testing::Not(testing::HasSubstr("(")));
}

}  // namespace
}  // namespace tern
