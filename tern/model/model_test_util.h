#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "tern/base/rng.h"
#include "tern/data/eval_set.h"
#include "tern/model/llama.h"
#include "tern/model/packed_model.h"
#include "tern/ops/fake_quantize.h"
#include "tern/ops/linear.h"
#include "tern/quant/absmean.h"

namespace tern {

/// The numbers of an f32 tensor, for comparison bit by bit.
inline std::vector<float> numbers(const Tensor& x) {
  const auto values = x.values<float>();
  return {values.begin(), values.end()};
}

/// A ternary layer as recipes have it: absmean weights and prepared inputs, both straight through;
/// where they are given, with a norm's gain in front and a bias behind.
class TestBitLinear : public LinearLayer {
 public:
  TestBitLinear(Tensor weight, Grouping grouping, float lambda = 1, InputOptions input = {},
                Tensor sub_norm = {}, Tensor bias = {})
      : weight_(std::move(weight)),
        grouping_(grouping),
        lambda_(lambda),
        input_(std::move(input)),
        sub_norm_(std::move(sub_norm)),
        bias_(std::move(bias)) {}

  Tensor forward(const Tensor& x) override {
    return linear(prepare_input(x, input_, sub_norm_),
                  fake_quantize(weight_, Absmean{}, grouping_, lambda_, x.dtype()), bias_);
  }
  std::optional<PackedTernary> pack() const override {
    if (lambda_ != 1) return std::nullopt;
    PackedTernary packed = quantize_and_pack(weight_.data<float>(), weight_.dim(0), weight_.dim(1),
                                             grouping_, Absmean{});
    if (sub_norm_.defined()) packed.sub_norm = numbers(sub_norm_);
    if (bias_.defined()) packed.bias = numbers(bias_);
    return packed;
  }

 private:
  Tensor weight_;
  Grouping grouping_;
  float lambda_;
  InputOptions input_;
  Tensor sub_norm_, bias_;
};

/// Two layers with grouped heads, a tied head, and sizes that are no multiple of each other.
inline LlamaConfig tiny_config() {
  LlamaConfig config;
  config.vocab_size = 61;
  config.hidden_size = 24;
  config.intermediate_size = 40;
  config.num_hidden_layers = 2;
  config.num_attention_heads = 4;
  config.num_key_value_heads = 2;
  config.head_dim = 6;
  config.max_position_embeddings = 32;
  config.tie_word_embeddings = true;
  return config;
}

/// A model with random weights, large enough that its predictions differ from token to token.
inline Llama random_model(const LlamaConfig& config, const LlamaOptions& options = {}) {
  Llama model(config, options);
  model.initialize(/*seed=*/7, /*deviation=*/0.3);
  return model;
}

inline std::vector<int32_t> random_tokens(int64_t count, int64_t vocab_size, uint64_t seed = 3) {
  Rng rng(seed);
  std::vector<int32_t> tokens(static_cast<size_t>(count));
  for (int32_t& token : tokens) {
    token = static_cast<int32_t>(rng.below(static_cast<uint64_t>(vocab_size)));
  }
  return tokens;
}

/// Random tokens of a tiny_config() model to score it on, four bytes of text each.
inline EvalSet random_set(int64_t tokens, int64_t window) {
  EvalSet set;
  set.name = "random";
  set.tokens = random_tokens(tokens, tiny_config().vocab_size);
  set.bytes = 4 * tokens;
  set.window = window;
  return set;
}

}  // namespace tern
