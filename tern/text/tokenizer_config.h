#pragma once

#include <cstdint>
#include <optional>

#include "tern/base/json.h"
#include "tern/text/vocabulary.h"

namespace tern {

/// What a model expects around its texts.
struct TokenizerConfig {
  std::optional<int32_t> bos_id;
  std::optional<int32_t> eos_id;
  bool adds_bos = false;
};

/// Reads it from a tokenizer_config.json and, where that is silent, from the "post_processor" of
/// the tokenizer.json; null stands for a missing one. Throws on tokens that the vocabulary lacks
/// and on post-processors that are not supported.
TokenizerConfig read_tokenizer_config(const Json& config, const Json& post_processor,
                                      const Vocabulary& vocabulary);

}  // namespace tern
