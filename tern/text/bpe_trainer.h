#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tern {

struct BpeTrainerOptions {
  /// Tokens in all: the special ones, the 256 bytes, and what merges make.
  int64_t vocab_size = 0;
  /// Take the ids from 0 on, and are cut out of the texts before the learning.
  std::vector<std::string> special_tokens = {};
};

/// Learns a byte-level BPE vocabulary (Sennrich, Haddow and Birch 2016) and returns it as the text
/// of a tokenizer.json of the form that SmolLM has: each digit a piece of its own, GPT-2's pattern,
/// ByteLevel. The most frequent pair of adjacent symbols is merged first; of equally frequent ones
/// that of the lowest left id, then of the lowest right id: the same texts give the same file.
/// Texts too small for `vocab_size` give a smaller vocabulary. Throws when `vocab_size` is below
/// 256 plus the number of special tokens, or a special token is empty or given twice.
std::string train_byte_level_bpe(std::span<const std::string_view> texts,
                                 const BpeTrainerOptions& options);

}  // namespace tern
