#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tern/base/json.h"

namespace tern {

/// Text to token ids and back, as a Hugging Face tokenizer.json says. Supported are BPE models and
/// the normalizers, pre-tokenizers and decoders in the tables of normalizer.cc, pre_tokenizer.cc
/// and decoder.cc; anything else is an Error when the file is loaded, never a different result.
/// Immutable: copies share one object, and any number of threads may use it.
class Tokenizer {
 public:
  /// Reads a tokenizer.json, given by its path or its folder's, and the tokenizer_config.json
  /// beside it if there is one.
  static Tokenizer load(const std::filesystem::path& path);
  /// The same from the text of a tokenizer.json, which `source` names in errors, and a parsed
  /// tokenizer_config.json (null for none).
  static Tokenizer parse(std::string_view json, std::string_view source, const Json& config = {});

  /// The ids of the text. Added tokens in the text become their ids; nothing is put around the
  /// text (adds_bos() says whether the caller should). Bytes that are not UTF-8 count as U+FFFD.
  std::vector<int32_t> encode(std::string_view text) const;
  /// The same, appended to `ids`.
  void encode(std::string_view text, std::vector<int32_t>& ids) const;

  /// The text of the ids. It may end or begin inside a character when the ids do. Throws on an id
  /// that is not in the vocabulary.
  std::string decode(std::span<const int32_t> ids, bool skip_special_tokens = false) const;

  /// Ids run from 0 to vocab_size() - 1, added tokens included.
  int64_t vocab_size() const;
  /// By the name that the file gives the token.
  std::optional<int32_t> token_to_id(std::string_view token) const;

  /// From tokenizer_config.json; else the token that the post-processor puts before a text.
  std::optional<int32_t> bos_id() const;
  /// From tokenizer_config.json.
  std::optional<int32_t> eos_id() const;
  /// Whether a text for the model begins with bos_id(): "add_bos_token" in tokenizer_config.json;
  /// else whether the post-processor puts it there.
  bool adds_bos() const;

  /// SHA-256 of the bytes of tokenizer.json, in hexadecimal.
  const std::string& hash() const;

 private:
  struct Parts;
  explicit Tokenizer(std::shared_ptr<const Parts> parts);

  std::shared_ptr<const Parts> parts_;
};

}  // namespace tern
