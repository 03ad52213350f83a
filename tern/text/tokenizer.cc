#include "tern/text/tokenizer.h"

#include <atomic>
#include <utility>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/json.h"
#include "tern/base/sha256.h"
#include "tern/base/utf8.h"
#include "tern/text/added_tokens.h"
#include "tern/text/bpe.h"
#include "tern/text/byte_level.h"
#include "tern/text/decoder.h"
#include "tern/text/normalizer.h"
#include "tern/text/pre_tokenizer.h"
#include "tern/text/tokenizer_config.h"
#include "tern/text/vocabulary.h"
#include "tern/text/word_cache.h"

namespace tern {
namespace {

/// The member `key`, or null, which every part takes for "none".
const Json& member_or_null(const Json& json, std::string_view key) {
  static const Json kNull;
  const Json* value = json.find(key);
  return value == nullptr ? kNull : *value;
}

/// The added tokens looked for before the normalizer, or those looked for after it, whose names go
/// through it too.
std::vector<AddedToken> added_tokens(const Vocabulary& vocabulary, bool normalized,
                                     const Normalizer& normalizer) {
  std::vector<AddedToken> tokens;
  for (AddedToken token : vocabulary.added()) {
    if (token.normalized != normalized) continue;
    if (normalized && normalizer) token.content = normalizer(token.content);
    tokens.push_back(std::move(token));
  }
  return tokens;
}

uint64_t next_serial() {
  static std::atomic<uint64_t> last = 0;
  return ++last;
}

}  // namespace

struct Tokenizer::Parts {
  Parts(const Json& tokenizer, const Json& config_json, std::string sha256)
      : vocabulary(bpe_model(tokenizer), member_or_null(tokenizer, "added_tokens")),
        bpe(tokenizer.at("model"), vocabulary),
        normalizer(make_normalizer(member_or_null(tokenizer, "normalizer"))),
        pre_tokenizer(make_pre_tokenizer(member_or_null(tokenizer, "pre_tokenizer"))),
        decoder(make_decoder(member_or_null(tokenizer, "decoder"))),
        raw_tokens(added_tokens(vocabulary, false, normalizer)),
        normalized_tokens(added_tokens(vocabulary, true, normalizer)),
        config(read_tokenizer_config(config_json, member_or_null(tokenizer, "post_processor"),
                                     vocabulary)),
        is_special(static_cast<size_t>(vocabulary.size())),
        hash(std::move(sha256)) {
    for (const AddedToken& token : vocabulary.added()) {
      is_special[static_cast<size_t>(token.id)] = token.special;
    }
  }

  /// From valid UTF-8 to added tokens and stretches between them, to pieces, to words, to ids.
  void encode(std::string_view text, std::vector<int32_t>& ids) const;
  void encode_stretch(std::string_view stretch, bool at_start, std::vector<int32_t>& ids) const;
  void encode_piece(std::string_view piece, WordCache& cache, std::vector<int32_t>& ids) const;
  void encode_word(std::string_view word, std::vector<int32_t>& ids) const;

  Vocabulary vocabulary;
  Bpe bpe;
  Normalizer normalizer;
  PreTokenizer pre_tokenizer;
  Decoder decoder;
  AddedTokens raw_tokens, normalized_tokens;
  TokenizerConfig config;
  std::vector<bool> is_special;
  std::string hash;
  uint64_t serial = next_serial();
};

void Tokenizer::Parts::encode(std::string_view text, std::vector<int32_t>& ids) const {
  const auto push = [&](int32_t id) { ids.push_back(id); };
  const auto encode_raw = [&](std::string_view raw) {
    const std::string rewritten = normalizer ? normalizer(raw) : std::string();
    const std::string_view normal = normalizer ? rewritten : raw;
    const bool raw_at_start = raw.data() == text.data();
    const auto encode_normal = [&](std::string_view stretch) {
      encode_stretch(stretch, raw_at_start && stretch.data() == normal.data(), ids);
    };
    normalized_tokens.split(normal, encode_normal, push);
  };
  raw_tokens.split(text, encode_raw, push);
}

void Tokenizer::Parts::encode_stretch(std::string_view stretch, bool at_start,
                                      std::vector<int32_t>& ids) const {
  WordCache& cache = WordCache::of_this_thread(serial);
  pre_tokenizer.split(stretch, at_start,
                      [&](std::string_view piece) { encode_piece(piece, cache, ids); });
}

void Tokenizer::Parts::encode_piece(std::string_view piece, WordCache& cache,
                                    std::vector<int32_t>& ids) const {
  while (!piece.empty()) {
    const std::string_view word =
        pre_tokenizer.byte_level ? piece : piece.substr(0, bpe.independent_prefix(piece));
    piece.remove_prefix(word.size());
    if (const auto known = cache.find(word); !known.empty()) {
      ids.insert(ids.end(), known.begin(), known.end());
      continue;
    }
    const size_t first = ids.size();
    encode_word(word, ids);
    cache.remember(word, std::span(ids).subspan(first));
  }
}

void Tokenizer::Parts::encode_word(std::string_view word, std::vector<int32_t>& ids) const {
  if (!pre_tokenizer.byte_level) return bpe.encode(word, ids);
  thread_local std::string characters;
  characters.clear();
  append_byte_level(word, characters);
  bpe.encode(characters, ids);
}

Tokenizer::Tokenizer(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}

Tokenizer Tokenizer::load(const std::filesystem::path& path) {
  const auto file = std::filesystem::is_directory(path) ? path / "tokenizer.json" : path;
  const auto config = file.parent_path() / "tokenizer_config.json";
  return parse(read_file(file), file.string(),
               std::filesystem::exists(config) ? Json::read(config) : Json());
}

Tokenizer Tokenizer::parse(std::string_view text, std::string_view source, const Json& config) {
  const Json json = Json::parse(text, source);
  try {
    return Tokenizer(std::make_shared<Parts>(json, config, sha256_of(text)));
  } catch (const Error& error) {
    fail("{}: {}", source, error.what());
  }
}

void Tokenizer::encode(std::string_view text, std::vector<int32_t>& ids) const {
  if (valid_utf8_prefix(text) == text.size()) return parts_->encode(text, ids);
  parts_->encode(sanitize_utf8(text), ids);
}

std::vector<int32_t> Tokenizer::encode(std::string_view text) const {
  std::vector<int32_t> ids;
  encode(text, ids);
  return ids;
}

std::string Tokenizer::decode(std::span<const int32_t> ids, bool skip_special_tokens) const {
  std::vector<std::string> tokens;
  tokens.reserve(ids.size());
  for (const int32_t id : ids) {
    check(id >= 0 && id < vocab_size(), "the token id {} is not in the vocabulary of {} tokens", id,
          vocab_size());
    if (skip_special_tokens && parts_->is_special[static_cast<size_t>(id)]) continue;
    tokens.push_back(parts_->vocabulary.token(id));
  }
  parts_->decoder(tokens);
  std::string text;
  for (const std::string& token : tokens) text += token;
  return text;
}

int64_t Tokenizer::vocab_size() const { return parts_->vocabulary.size(); }
std::optional<int32_t> Tokenizer::token_to_id(std::string_view token) const {
  return parts_->vocabulary.find(token);
}
std::optional<int32_t> Tokenizer::bos_id() const { return parts_->config.bos_id; }
std::optional<int32_t> Tokenizer::eos_id() const { return parts_->config.eos_id; }
bool Tokenizer::adds_bos() const { return parts_->config.adds_bos; }
const std::string& Tokenizer::hash() const { return parts_->hash; }

}  // namespace tern
