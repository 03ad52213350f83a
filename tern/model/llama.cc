#include "tern/model/llama.h"

#include "tern/autograd/recompute.h"
#include "tern/base/error.h"
#include "tern/base/rng.h"
#include "tern/ops/attention.h"
#include "tern/ops/cast.h"
#include "tern/ops/embedding.h"
#include "tern/ops/head_cross_entropy.h"
#include "tern/ops/linear.h"
#include "tern/ops/residual.h"
#include "tern/ops/rms_norm.h"
#include "tern/ops/rope.h"
#include "tern/ops/swiglu.h"

namespace tern {
namespace {

std::string block_name(int64_t block) { return fmt::format("model.layers.{}.", block); }

std::vector<Parameters::Declaration> other_parameters(const LlamaConfig& c) {
  std::vector<Parameters::Declaration> out;
  out.push_back({"model.embed_tokens.weight", {c.vocab_size, c.hidden_size}});
  for (int64_t l = 0; l < c.num_hidden_layers; ++l) {
    out.push_back({block_name(l) + "input_layernorm.weight", {c.hidden_size}});
    out.push_back({block_name(l) + "post_attention_layernorm.weight", {c.hidden_size}});
  }
  out.push_back({"model.norm.weight", {c.hidden_size}});
  if (!c.tie_word_embeddings) out.push_back({"lm_head.weight", {c.vocab_size, c.hidden_size}});
  return out;
}

std::vector<Parameters::Declaration> linear_parameters(const LlamaConfig& c) {
  const int64_t C = c.hidden_size, F = c.intermediate_size;
  const int64_t queries = c.num_attention_heads * c.head_dim;
  const int64_t keys = c.num_key_value_heads * c.head_dim;
  std::vector<Parameters::Declaration> out;
  for (int64_t l = 0; l < c.num_hidden_layers; ++l) {
    // In the order of Llama::Role.
    out.push_back({block_name(l) + "self_attn.q_proj.weight", {queries, C}});
    out.push_back({block_name(l) + "self_attn.k_proj.weight", {keys, C}});
    out.push_back({block_name(l) + "self_attn.v_proj.weight", {keys, C}});
    out.push_back({block_name(l) + "self_attn.o_proj.weight", {C, queries}});
    out.push_back({block_name(l) + "mlp.gate_proj.weight", {F, C}});
    out.push_back({block_name(l) + "mlp.up_proj.weight", {F, C}});
    out.push_back({block_name(l) + "mlp.down_proj.weight", {C, F}});
  }
  return out;
}

/// Empties the taps and checks what they ask for.
void prepare_taps(Taps& taps, int64_t blocks) {
  for (const int64_t block : taps.hidden_blocks) {
    check(block >= 0 && block < blocks, "there is no block {} to look into; the model has {}",
          block, blocks);
  }
  check(taps.attention_block < blocks, "there is no block {} to look into; the model has {}",
        taps.attention_block, blocks);
  taps.hidden.assign(taps.hidden_blocks.size(), Tensor());
}

/// Hands out a block's output to those who asked for it.
void tap_hidden(Taps& taps, int64_t block, const Tensor& x) {
  for (size_t i = 0; i < taps.hidden.size(); ++i) {
    if (taps.hidden_blocks[i] == block) taps.hidden[i] = x;
  }
}

}  // namespace

Llama::Llama(const LlamaConfig& config, const LlamaOptions& options)
    : config_(config), options_(options) {
  const auto linears = linear_parameters(config);
  auto declared = other_parameters(config);
  if (options.dense_linears) declared.insert(declared.end(), linears.begin(), linears.end());
  if (options.memory) {
    for (const auto& [name, shape] : declared) parameters_.add(name, options.memory(name, shape));
  } else {
    parameters_.allocate(declared, options.trainable);
  }
  for (const auto& [name, shape] : linears) linears_.push_back({name, shape[0], shape[1], nullptr});
  if (options.dense_linears) replace_linears<DenseLinear>();
}

std::vector<std::string> Llama::linear_names() const {
  std::vector<std::string> names;
  for (const Linear& linear : linears_) names.push_back(linear.name);
  return names;
}

void Llama::initialize(uint64_t seed, double deviation) {
  Rng rng(seed);
  for (const auto& [name, tensor] : parameters_.all()) {
    const bool gain = tensor.rank() == 1;
    for (float& w : tensor.values<float>()) {
      w = gain ? 1.0f : static_cast<float>(deviation * rng.normal());
    }
  }
}

void Llama::replace_linears(
    const std::function<std::unique_ptr<LinearLayer>(const Linear& linear)>& make) {
  for (Linear& linear : linears_) linear.layer = make(linear);
}

Tensor Llama::hidden(std::span<const int32_t> ids, int64_t B, Taps* taps) {
  const int64_t N = static_cast<int64_t>(ids.size());
  check(B > 0 && N > 0 && N % B == 0, "{} tokens are not {} sequences of one length", N, B);
  prepare_positions(N / B);
  if (taps != nullptr) prepare_taps(*taps, config_.num_hidden_layers);
  Tensor x = embedding(ids, table("model.embed_tokens.weight"));
  x = x.reshaped({B, N / B, config_.hidden_size});
  for (int64_t l = 0; l < config_.num_hidden_layers; ++l) {
    // What is tapped inside a block has to stay there for its gradient.
    const bool tapped = taps != nullptr && taps->attention_block == l;
    x = options_.recompute && !tapped
            ? recompute(x, [this, l](const Tensor& in) { return block(l, in, nullptr); })
            : block(l, x, taps);
    if (taps != nullptr) tap_hidden(*taps, l, x);
  }
  return norm(x, "model.norm.weight");
}

Tensor Llama::logits(std::span<const int32_t> ids, int64_t B) {
  return cast(linear(hidden(ids, B), head()), DType::f32);
}

Tensor Llama::loss(std::span<const int32_t> ids, std::span<const int32_t> targets, int64_t B,
                   float weight) {
  return head_cross_entropy(hidden(ids, B), head(), targets, weight);
}

std::vector<float> Llama::negative_log_likelihood(std::span<const int32_t> ids,
                                                  std::span<const int32_t> targets, int64_t B) {
  return head_negative_log_likelihood(hidden(ids, B), head(), targets);
}

Tensor Llama::apply(int64_t block, Role role, const Tensor& x) {
  return linears_[static_cast<size_t>(block * kRoles + role)].layer->forward(x);
}

Tensor Llama::norm(const Tensor& x, const std::string& name) {
  return rms_norm(x, parameters_.at(name), static_cast<float>(config_.rms_norm_eps),
                  options_.compute);
}

Tensor Llama::block(int64_t l, const Tensor& x, Taps* taps) {
  const Tensor y =
      residual(x, attention_branch(l, norm(x, block_name(l) + "input_layernorm.weight"), taps));
  return residual(
      y, feed_forward_branch(l, norm(y, block_name(l) + "post_attention_layernorm.weight")));
}

Tensor Llama::attention_branch(int64_t block, const Tensor& x, Taps* taps) {
  const int64_t B = x.dim(0), T = x.dim(1), D = config_.head_dim;
  const int64_t H = config_.num_attention_heads, K = config_.num_key_value_heads;
  const Tensor q = apply(block, kQuery, x).reshaped({B, T, H, D});
  const Tensor k = apply(block, kKey, x).reshaped({B, T, K, D});
  const Tensor v = apply(block, kValue, x).reshaped({B, T, K, D});
  if (taps != nullptr && taps->attention_block == block) {
    taps->queries = q;
    taps->keys = k;
    taps->values = v;
  }
  const Tensor mixed = attention(rope(q, positions_), rope(k, positions_), v);
  return apply(block, kOutput, mixed.reshaped({B, T, H * D}));
}

Tensor Llama::feed_forward_branch(int64_t block, const Tensor& x) {
  return apply(block, kDown, swiglu(apply(block, kGate, x), apply(block, kUp, x)));
}

Tensor Llama::table(const std::string& name) const {
  const Tensor& weights = parameters_.at(name);
  return quantize_table_ ? quantize_table_(weights) : weights;
}

Tensor Llama::head() {
  const char* name = config_.tie_word_embeddings ? "model.embed_tokens.weight" : "lm_head.weight";
  return weight_as(table(name), options_.compute);
}

void Llama::prepare_positions(int64_t T) {
  if (positions_ && positions_->length >= T) return;
  positions_ = std::make_shared<kernels::RopeTable>(kernels::make_rope_table(
      T, kernels::rope_frequencies(config_.head_dim, config_.rope_theta, config_.rope_scaling)));
}

}  // namespace tern
