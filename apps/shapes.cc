#include "apps/shapes.h"

#include <map>

#include "tern/base/error.h"

namespace tern {

LlamaConfig known_shape(const std::string& name) {
  static const std::map<std::string, LlamaConfig> shapes = {
      {"demo",
       {.vocab_size = 1024,
        .hidden_size = 192,
        .intermediate_size = 512,
        .num_hidden_layers = 5,
        .num_attention_heads = 6,
        .num_key_value_heads = 2,
        .head_dim = 32,
        .max_position_embeddings = 256,
        .rope_scaling = {},
        .tie_word_embeddings = true}},
      {"smollm-135m",
       {.vocab_size = 49152,
        .hidden_size = 576,
        .intermediate_size = 1536,
        .num_hidden_layers = 30,
        .num_attention_heads = 9,
        .num_key_value_heads = 3,
        .head_dim = 64,
        .max_position_embeddings = 2048,
        .rope_scaling = {},
        .tie_word_embeddings = true}},
      {"llama-3.2-1b",
       {.vocab_size = 128256,
        .hidden_size = 2048,
        .intermediate_size = 8192,
        .num_hidden_layers = 16,
        .num_attention_heads = 32,
        .num_key_value_heads = 8,
        .head_dim = 64,
        .max_position_embeddings = 131072,
        .rope_theta = 500000,
        .rope_scaling = {},
        .tie_word_embeddings = true}},
  };
  const auto found = shapes.find(name);
  check(found != shapes.end(), "--shape must be smollm-135m, llama-3.2-1b or demo, found {}", name);
  return found->second;
}

}  // namespace tern
