#include "tern/model/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <memory>

#include "tern/model/model_test_util.h"
#include "tern/model/table_format.h"

namespace tern {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// A layer halfway to ternary, with all that a layer can have around it.
class HalfwayLinear : public LinearLayer {
 public:
  HalfwayLinear(Tensor weight, InputOptions inputs, Tensor gain, Tensor bias)
      : weight_(std::move(weight)),
        inputs_(std::move(inputs)),
        gain_(std::move(gain)),
        bias_(std::move(bias)) {}

  Tensor forward(const Tensor& x) override {
    const EffectiveLinear now = effective(x.dtype());
    return linear(prepare_input(x, inputs_, gain_, kLambda), now.weight, now.bias);
  }
  EffectiveLinear effective(DType compute) const override {
    return {fake_quantize(weight_, Absmean{}, Grouping{32}, kLambda, compute), bias_, gain_,
            kLambda};
  }

 private:
  static constexpr float kLambda = 0.25f;

  Tensor weight_;
  InputOptions inputs_;
  Tensor gain_, bias_;
};

Tensor random_numbers(int64_t size, uint64_t seed) {
  Rng rng(seed);
  const Tensor x = Tensor::empty({size}, DType::f32);
  for (float& value : x.values<float>()) value = static_cast<float>(rng.normal());
  return x;
}

/// The first block dense, in the second one layers with gains, others with biases.
Llama halfway_model(DType compute, const InputOptions& inputs) {
  Llama model = random_model(tiny_config(), {.compute = compute});
  model.replace_linears([&](const Llama::Linear& linear) -> std::unique_ptr<LinearLayer> {
    const Tensor& weight = model.parameters().at(linear.name);
    if (model.block_of(linear) == 0) return std::make_unique<DenseLinear>(weight, DType::bf16);
    const bool bends = linear.O == linear.I;
    return std::make_unique<HalfwayLinear>(weight, inputs,
                                           bends ? random_numbers(linear.I, 5) : Tensor(),
                                           bends ? Tensor() : random_numbers(linear.O, 6));
  });
  use_table_format(model, 8, Grouping{32});
  return model;
}

/// Memory of a size that is the caller's to choose.
std::shared_ptr<std::vector<std::byte>> memory_of(int64_t bytes) {
  return std::make_shared<std::vector<std::byte>>(static_cast<size_t>(bytes));
}

TEST(Snapshot, ComputesTheNumbersOfTheModelBitForBit) {
  const InputOptions inputs{.bits = 8, .norm = "rms", .hadamard = 8};
  const auto ids = random_tokens(2 * 10, tiny_config().vocab_size);
  for (const DType compute : {DType::f32, DType::bf16}) {
    Llama model = halfway_model(compute, inputs);
    const Snapshot snapshot(model.config(), compute);
    const auto memory = memory_of(snapshot.bytes());
    snapshot.write(model, *memory);
    Llama read = snapshot.read(memory, *memory, inputs);
    EXPECT_EQ(numbers(read.logits(ids, 2)), numbers(model.logits(ids, 2))) << name_of(compute);
  }
}

TEST(Snapshot, WhichRowsOfItsEmbeddingATextReadsCannotBeSeenInTheMemory) {
  LlamaConfig config = tiny_config();
  config.tie_word_embeddings = false;
  Llama model = random_model(config);
  const Snapshot snapshot(config, DType::f32);
  const auto memory = memory_of(snapshot.bytes());
  snapshot.write(model, *memory);
  const auto ids = random_tokens(8, config.vocab_size);
  Llama read = snapshot.read(memory, *memory, {});
  const int64_t embedding = config.vocab_size * config.hidden_size;
  std::memset(memory->data(), 0, static_cast<size_t>(embedding) * sizeof(float));
  EXPECT_EQ(numbers(read.logits(ids, 1)), numbers(model.logits(ids, 1)));
}

TEST(Snapshot, IsReadWithoutCopies) {
  Llama model = random_model(tiny_config());
  const Snapshot snapshot(model.config(), DType::f32);
  const auto memory = memory_of(snapshot.bytes());
  snapshot.write(model, *memory);
  const auto ids = random_tokens(8, tiny_config().vocab_size);
  Llama read = snapshot.read(memory, *memory, {});
  const std::vector<float> before = numbers(read.logits(ids, 1));
  for (float& w : model.parameters().at("model.norm.weight").values<float>()) w *= 2;
  snapshot.write(model, *memory);
  EXPECT_NE(numbers(read.logits(ids, 1)), before);
  EXPECT_EQ(numbers(read.logits(ids, 1)), numbers(model.logits(ids, 1)));
}

TEST(Snapshot, OfAnotherSizeOrShapeIsRefused) {
  Llama model = random_model(tiny_config());
  LlamaConfig wider = tiny_config();
  wider.vocab_size += 16;
  const Snapshot snapshot(wider, DType::f32);
  const auto memory = memory_of(snapshot.bytes());
  EXPECT_THAT([&] { snapshot.write(model, *memory); },
              ThrowsMessage<Error>(HasSubstr("expected f32 (77, 24)")));
  EXPECT_THAT([&] { snapshot.write(model, std::span(*memory).first(64)); },
              ThrowsMessage<Error>(HasSubstr("found memory of 64")));
}

/// A layer of an older recipe.
class SilentLinear : public LinearLayer {
 public:
  explicit SilentLinear(Tensor weight) : weight_(std::move(weight)) {}
  Tensor forward(const Tensor& x) override { return linear(x, weight_); }

 private:
  Tensor weight_;
};

TEST(Snapshot, ALayerThatDoesNotSayWhatItComputesWithIsNamed) {
  Llama model = random_model(tiny_config());
  model.replace_linears<SilentLinear>();
  const Snapshot snapshot(model.config(), DType::f32);
  const auto memory = memory_of(snapshot.bytes());
  EXPECT_THAT([&] { snapshot.write(model, *memory); },
              ThrowsMessage<Error>(HasSubstr("effective()")));
}

}  // namespace
}  // namespace tern
