#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tern/base/json.h"
#include "tern/kernels/rope.h"

namespace tern {

/// The config.json of a Llama-architecture model in the Hugging Face layout.
struct LlamaConfig {
  int64_t vocab_size = 0;               // V
  int64_t hidden_size = 0;              // C
  int64_t intermediate_size = 0;        // F
  int64_t num_hidden_layers = 0;        // L
  int64_t num_attention_heads = 0;      // H
  int64_t num_key_value_heads = 0;      // K
  int64_t head_dim = 0;                 // D
  int64_t max_position_embeddings = 0;  // the model's context, in tokens
  double rms_norm_eps = 1e-5;
  double rope_theta = 10000;
  kernels::RopeScaling rope_scaling;
  bool tie_word_embeddings = false;

  /// Throws an Error that names `source` when a size is missing, absurd or contradicts another, or
  /// when the model is of another architecture.
  static LlamaConfig from_json(const Json& json, const std::string& source);
  static LlamaConfig read(const std::filesystem::path& path);
  /// What from_json reads, with the keys that other runtimes expect.
  Json to_json() const;

  int64_t parameter_count() const;
  /// Weights of the linear layers inside the blocks: those that become ternary.
  int64_t linear_parameter_count() const;
};

}  // namespace tern
