#include "tern/text/bpe.h"

#include <algorithm>
#include <string>
#include <utility>

#include "tern/base/error.h"
#include "tern/base/utf8.h"
#include "tern/text/byte_token.h"
#include "tern/text/symbol_merger.h"

namespace tern {
namespace {

constexpr std::string_view kMark = "\u2581";  // stands for a blank where words begin

/// Both forms of a merge: "left right" and ["left", "right"].
std::pair<std::string_view, std::string_view> read_pair(const Json& merge) {
  if (merge.is_array()) {
    check(merge.items().size() == 2, "expected the two tokens of a merge, found {}",
          merge.items().size());
    return {merge.items()[0].as_string(), merge.items()[1].as_string()};
  }
  const std::string_view text = merge.as_string();
  const size_t blank = text.find(' ');
  check(blank != text.npos && text.find(' ', blank + 1) == text.npos,
        "expected a merge of two tokens with one blank between, found \"{}\"", text);
  return {text.substr(0, blank), text.substr(blank + 1)};
}

/// Whether a mark stands in the token anywhere but in a run of marks at its front.
bool has_inner_mark(std::string_view token) {
  while (token.starts_with(kMark)) token.remove_prefix(kMark.size());
  return token.find(kMark) != token.npos;
}

/// The code point of a character of one or two bytes.
size_t short_character(std::string_view character) {
  const auto lead = static_cast<unsigned char>(character[0]);
  return character.size() == 1 ? lead : (lead & 0x1Fu) << 6 | (character[1] & 0x3Fu);
}

}  // namespace

const Json& bpe_model(const Json& tokenizer) {
  const Json& model = tokenizer.at("model");
  const std::string type = model.get("type", "BPE");
  check(type == "BPE", "the model \"{}\" is not supported; expected BPE", type);
  check(model.get("dropout", 0.0) == 0.0, "the model has a dropout, which is not supported");
  for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    check(model.get(key, "").empty(), "the model has a {}, which is not supported", key);
  }
  return model;
}

Bpe::Bpe(const Json& model, const Vocabulary& vocabulary)
    : vocabulary_(vocabulary),
      merges_(model.at("merges").items().size()),
      fuses_unknown_(model.get("fuse_unk", false)),
      falls_back_to_bytes_(model.get("byte_fallback", false)),
      takes_whole_words_(model.get("ignore_merges", false)) {
  read_symbols();
  read_merges(model.at("merges"));
  if (const std::string unknown = model.get("unk_token", ""); !unknown.empty()) {
    unknown_ = vocabulary.find(unknown);
    check(unknown_.has_value(), "the unk_token \"{}\" is not in the vocabulary", unknown);
  }
}

void Bpe::read_symbols() {
  for (size_t byte = 0; byte < byte_tokens_.size(); ++byte) {
    byte_tokens_[byte] = vocabulary_.find(token_of_byte(static_cast<char>(byte))).value_or(-1);
  }
  short_symbols_.fill(-1);
  for (int32_t id = 0; id < vocabulary_.size(); ++id) {
    const std::string_view token = vocabulary_.token(id);
    if (token.size() <= 2 && token.size() == utf8_length(token[0])) {
      short_symbols_[short_character(token)] = id;
    }
  }
}

void Bpe::read_merges(const Json& merges) {
  cuts_before_marks_ = !takes_whole_words_ && vocabulary_.find(kMark).has_value();
  std::string token;
  uint32_t rank = 0;
  for (const Json& merge : merges.items()) {
    const auto pair = read_pair(merge);
    const std::string_view left = pair.first, right = pair.second;
    token.assign(left).append(right);
    const auto id_of = [&](std::string_view part) {
      const auto id = vocabulary_.find(part);
      check(id.has_value(), "merge {} (\"{}\" and \"{}\") needs \"{}\", not in the vocabulary",
            rank, left, right, part);
      return *id;
    };
    merges_.set(id_of(left), id_of(right), {rank, id_of(token)});
    cuts_before_marks_ = cuts_before_marks_ && !has_inner_mark(token);
    ++rank;
  }
}

int32_t Bpe::symbol_of(std::string_view character) const {
  if (character.size() <= 2) return short_symbols_[short_character(character)];
  return vocabulary_.find(character).value_or(-1);
}

bool Bpe::append_bytes(std::string_view character, std::vector<int32_t>& ids) const {
  const size_t first = ids.size();
  for (const char byte : character) ids.push_back(byte_tokens_[static_cast<unsigned char>(byte)]);
  if (std::find(ids.begin() + static_cast<ptrdiff_t>(first), ids.end(), -1) == ids.end())
    return true;
  ids.resize(first);
  return false;
}

void Bpe::append_symbols(std::string_view word, std::vector<int32_t>& ids) const {
  bool after_unknown = false;
  for (size_t at = 0, length; at < word.size(); at += length) {
    length = utf8_length(word[at]);
    const std::string_view character = word.substr(at, length);
    const int32_t id = symbol_of(character);
    if (id >= 0) ids.push_back(id);
    const bool known = id >= 0 || (falls_back_to_bytes_ && append_bytes(character, ids));
    if (!known) {
      check(unknown_.has_value(),
            "the character \"{}\" is not in the vocabulary, which has no unk_token", character);
      if (!(after_unknown && fuses_unknown_)) ids.push_back(*unknown_);
    }
    after_unknown = !known;
  }
}

void Bpe::encode(std::string_view word, std::vector<int32_t>& ids) const {
  if (takes_whole_words_) {
    if (const auto id = vocabulary_.find(word)) return ids.push_back(*id);
  }
  thread_local SymbolMerger merger;
  const size_t first = ids.size();
  append_symbols(word, ids);
  merger.merge(merges_, ids, first);
}

size_t Bpe::independent_prefix(std::string_view text) const {
  if (!cuts_before_marks_) return text.size();
  size_t at = 0;
  while (text.substr(at).starts_with(kMark)) at += kMark.size();
  return std::min(text.find(kMark, at), text.size());
}

}  // namespace tern
