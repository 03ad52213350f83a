#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tern/autograd/parameters.h"
#include "tern/model/linear_layer.h"
#include "tern/model/llama_config.h"

namespace tern {

struct LlamaOptions {
  /// Type of matrix operands: f32 or bf16. Everything else is float32.
  DType compute = DType::f32;
  /// Whether gradients exist.
  bool trainable = true;
  /// False leaves out the weights of the linear layers inside the blocks: replace_linears() has to
  /// bring all of them.
  bool dense_linears = true;
};

/// A Llama (Touvron et al. 2023): RMSNorm, rotary embedding, grouped-query attention, SwiGLU.
/// Parameters carry their Hugging Face names. Token sequences are (B, T), flattened.
class Llama {
 public:
  /// One linear layer inside the blocks; `name` is its weight's, such as
  /// "model.layers.0.self_attn.q_proj.weight". O outputs, I inputs.
  struct Linear {
    std::string name;
    int64_t O = 0, I = 0;
    std::unique_ptr<LinearLayer> layer;
  };

  /// Makes a model whose weights are uninitialised.
  Llama(const LlamaConfig& config, const LlamaOptions& options);

  const LlamaConfig& config() const { return config_; }
  DType compute() const { return options_.compute; }
  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  const std::vector<Linear>& linears() const { return linears_; }

  /// Random weights: normal with this deviation, gains 1 (Hugging Face's initializer_range).
  void initialize(uint64_t seed, double deviation = 0.02);

  /// Swaps every linear layer inside the blocks for make(linear). Embedding, head and norms stay.
  void replace_linears(
      const std::function<std::unique_ptr<LinearLayer>(const Linear& linear)>& make);

  /// The same for a class with a constructor (Tensor weight, args...): every layer becomes a
  /// Layer on its float32 weight.
  template <class Layer, class... Args>
  void replace_linears(const Args&... args) {
    replace_linears([&](const Linear& linear) {
      return std::make_unique<Layer>(parameters_.at(linear.name), args...);
    });
  }

  /// Lets the embedding and the head compute with quantize(table) in place of their table (V, C);
  /// both are f32. A tied table is the same for both.
  void quantize_tables(std::function<Tensor(const Tensor& table)> quantize) {
    quantize_table_ = std::move(quantize);
  }

  /// Final hidden states (B, T, C) in the compute type, normalized, ready for the head.
  Tensor hidden(std::span<const int32_t> ids, int64_t B);
  /// Logits (B, T, V), float32.
  Tensor logits(std::span<const int32_t> ids, int64_t B);
  /// weight * mean cross-entropy (nats) of predicting targets from ids; a target of -1 does not
  /// count. See head_cross_entropy for `weight`.
  Tensor loss(std::span<const int32_t> ids, std::span<const int32_t> targets, int64_t B,
              float weight = 1.0f);
  /// -log p(target) of every position, in nats.
  std::vector<float> negative_log_likelihood(std::span<const int32_t> ids,
                                             std::span<const int32_t> targets, int64_t B);

 private:
  /// Indices of a block's layers in linears_, in the order of their declaration.
  enum Role { kQuery, kKey, kValue, kOutput, kGate, kUp, kDown, kRoles };

  Tensor apply(int64_t block, Role role, const Tensor& x);
  Tensor norm(const Tensor& x, const std::string& name);
  Tensor attention_branch(int64_t block, const Tensor& x);
  Tensor feed_forward_branch(int64_t block, const Tensor& x);
  Tensor table(const std::string& name) const;
  Tensor head();
  void prepare_positions(int64_t T);

  LlamaConfig config_;
  LlamaOptions options_;
  Parameters parameters_;
  std::vector<Linear> linears_;
  std::function<Tensor(const Tensor&)> quantize_table_;
  std::shared_ptr<const kernels::RopeTable> positions_;
};

}  // namespace tern
