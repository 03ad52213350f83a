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
  /// Training keeps each block's input alone and makes what is inside again in the backward pass.
  bool recompute = false;
  /// Where the parameters lie that are not left out, if not in memory of the model's own. They have
  /// no gradients then.
  std::function<Tensor(const std::string& name, const Shape& shape)> memory = {};
};

/// What a forward pass hands out of its inside, for losses that compare two models there
/// (distillation). Such losses are added to the one that the head makes; see head_distillation.
struct Taps {
  /// Asked for: blocks whose output is wanted, and one whose queries, keys and values are (-1:
  /// none).
  std::vector<int64_t> hidden_blocks = {};
  int64_t attention_block = -1;

  /// Found: (B, T, C) f32 in the order of hidden_blocks; (B, T, H, D) and (B, T, K, D) in the
  /// compute type, as the projections make them, before any rotation.
  std::vector<Tensor> hidden = {};
  Tensor queries = {}, keys = {}, values = {};
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

  /// Names of their weights.
  std::vector<std::string> linear_names() const;
  /// The block that a linear layer of this model is in, from 0.
  int64_t block_of(const Linear& linear) const { return (&linear - linears_.data()) / kRoles; }

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

  /// Final hidden states (B, T, C) in the compute type, normalized, ready for the head. Fills the
  /// taps where there are some; throws when they ask for a block that the model has not.
  Tensor hidden(std::span<const int32_t> ids, int64_t B, Taps* taps = nullptr);
  /// The embedding or the head (V, C) f32, as the model computes with it.
  Tensor table(const std::string& name) const;
  /// The head's matrix (V, C) in the compute type.
  Tensor head();
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
  Tensor block(int64_t block, const Tensor& x, Taps* taps);
  Tensor attention_branch(int64_t block, const Tensor& x, Taps* taps);
  Tensor feed_forward_branch(int64_t block, const Tensor& x);
  void prepare_positions(int64_t T);

  LlamaConfig config_;
  LlamaOptions options_;
  Parameters parameters_;
  std::vector<Linear> linears_;
  std::function<Tensor(const Tensor&)> quantize_table_;
  std::shared_ptr<const kernels::RopeTable> positions_;
};

}  // namespace tern
