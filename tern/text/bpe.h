#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "tern/base/json.h"
#include "tern/text/merge_table.h"
#include "tern/text/vocabulary.h"

namespace tern {

/// The "model" of a tokenizer.json. Throws unless it is a BPE with nothing that Bpe lacks.
const Json& bpe_model(const Json& tokenizer);

/// Byte-pair encoding (Sennrich, Haddow and Birch 2016). A word
/// starts as its characters; the adjacent pair whose merge has the lowest rank (the leftmost of
/// equals) becomes one symbol, until no merge applies.
class Bpe {
 public:
  /// Takes a model from bpe_model(); `vocabulary` must outlive this object. Throws on merges of
  /// tokens that the vocabulary lacks.
  Bpe(const Json& model, const Vocabulary& vocabulary);

  /// Appends the ids of a word, valid UTF-8. Throws when the vocabulary has neither one of its
  /// characters nor a token for unknown ones. n log n in the length of the word.
  void encode(std::string_view word, std::vector<int32_t>& ids) const;

  /// Bytes of the front of `text`, at least one of its characters, that encode alone as they do
  /// with the rest behind them.
  size_t independent_prefix(std::string_view text) const;

 private:
  void read_symbols();
  void read_merges(const Json& merges);
  int32_t symbol_of(std::string_view character) const;
  bool append_bytes(std::string_view character, std::vector<int32_t>& ids) const;
  void append_symbols(std::string_view word, std::vector<int32_t>& ids) const;

  const Vocabulary& vocabulary_;
  MergeTable merges_;
  std::array<int32_t, 0x800> short_symbols_;  // of characters of one or two bytes; -1: none
  std::array<int32_t, 256> byte_tokens_;      // -1: none
  std::optional<int32_t> unknown_;
  bool fuses_unknown_;
  bool falls_back_to_bytes_;
  bool takes_whole_words_;  // "ignore_merges": a word that is a token is not built from merges
  bool cuts_before_marks_ = false;
};

}  // namespace tern
