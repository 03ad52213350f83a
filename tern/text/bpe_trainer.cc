#include "tern/text/bpe_trainer.h"

#include <optional>
#include <queue>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "tern/base/error.h"
#include "tern/base/json.h"
#include "tern/base/rng.h"
#include "tern/base/utf8.h"
#include "tern/text/added_tokens.h"
#include "tern/text/byte_level.h"
#include "tern/text/pre_tokenizer.h"

namespace tern {
namespace {

using Pair = std::pair<int32_t, int32_t>;

struct PairHash {
  size_t operator()(const Pair& pair) const {
    return mix64(uint64_t{static_cast<uint32_t>(pair.first)} << 32 |
                 static_cast<uint32_t>(pair.second));
  }
};

/// A distinct piece of the texts, how often it occurs, and the symbols that it is made of so far.
struct Word {
  std::vector<int32_t> symbols;
  int64_t count = 0;
};

/// How often a pair occurs in all words, and the words that may hold it.
struct PairUse {
  int64_t count = 0;
  std::vector<size_t> words;
};

/// A pair and the count that it had when it was queued, which is never below its count now: counts
/// only fall once a pair is queued, since only pairs with the newest symbol gain.
struct Candidate {
  int64_t count;
  Pair pair;
  bool operator<(const Candidate& other) const {
    return count != other.count ? count < other.count : pair > other.pair;
  }
};

Json byte_level_json() {
  return Json::Object{{"type", "ByteLevel"},
                      {"add_prefix_space", false},
                      {"trim_offsets", true},
                      {"use_regex", true}};
}

Json pre_tokenizer_json() {
  const Json digits = Json::Object{{"type", "Digits"}, {"individual_digits", true}};
  return Json::Object{{"type", "Sequence"},
                      {"pretokenizers", Json::Array{digits, byte_level_json()}}};
}

/// Distinct pieces and how often each occurs.
using Pieces = std::vector<std::pair<std::string, int64_t>>;

Pieces count_pieces(std::span<const std::string_view> texts,
                    const std::vector<AddedToken>& special) {
  Pieces pieces;
  std::unordered_map<std::string, size_t> places;
  const PieceSink count = [&](std::string_view piece) {
    const auto [place, is_new] = places.emplace(piece, pieces.size());
    if (is_new) pieces.emplace_back(piece, 0);
    ++pieces[place->second].second;
  };
  const AddedTokens special_tokens(special);
  const PreTokenizer pre_tokenizer = make_pre_tokenizer(pre_tokenizer_json());
  const auto split = [&](std::string_view stretch) { pre_tokenizer.split(stretch, true, count); };
  for (const std::string_view text : texts) {
    special_tokens.split(sanitize_utf8(text), split, [](int32_t) {});
  }
  return pieces;
}

/// The words of the texts, and how often each pair of symbols stands in them.
class PairCounts {
 public:
  void add_word(std::vector<int32_t> symbols, int64_t count);
  /// The most frequent pair, which is not offered again; nothing when no pair is left.
  std::optional<Pair> take_most_frequent();
  /// Makes each occurrence of the pair, from left to right, the new symbol `merged`.
  void merge(const Pair& pair, int32_t merged);

 private:
  void merge_in_word(size_t word, const Pair& pair, int32_t merged);
  void change(const Pair& pair, int64_t by, size_t word);
  void queue(const Pair& pair, int64_t count);

  std::vector<Word> words_;
  std::unordered_map<Pair, PairUse, PairHash> pairs_;
  std::vector<Pair> new_pairs_;  // not yet in the queue
  std::priority_queue<Candidate> queue_;
};

void PairCounts::add_word(std::vector<int32_t> symbols, int64_t count) {
  const size_t word = words_.size();
  for (size_t i = 0; i + 1 < symbols.size(); ++i) change({symbols[i], symbols[i + 1]}, count, word);
  words_.push_back({std::move(symbols), count});
}

void PairCounts::change(const Pair& pair, int64_t by, size_t word) {
  PairUse& use = pairs_[pair];
  if (by > 0 && use.words.empty()) new_pairs_.push_back(pair);
  if (by > 0 && (use.words.empty() || use.words.back() != word)) use.words.push_back(word);
  use.count += by;
}

void PairCounts::queue(const Pair& pair, int64_t count) {
  if (count > 0) queue_.push({count, pair});
}

std::optional<Pair> PairCounts::take_most_frequent() {
  for (const Pair& pair : new_pairs_) queue(pair, pairs_[pair].count);
  new_pairs_.clear();
  while (!queue_.empty()) {
    const Candidate best = queue_.top();
    queue_.pop();
    const int64_t count = pairs_[best.pair].count;
    if (count == best.count) return best.pair;
    queue(best.pair, count);
  }
  return std::nullopt;
}

void PairCounts::merge(const Pair& pair, int32_t merged) {
  const std::vector<size_t> words = std::move(pairs_[pair].words);
  for (const size_t word : words) merge_in_word(word, pair, merged);
  pairs_.erase(pair);
}

void PairCounts::merge_in_word(size_t word, const Pair& pair, int32_t merged) {
  const int64_t count = words_[word].count;
  const std::vector<int32_t> before = std::move(words_[word].symbols);
  std::vector<int32_t> after;
  for (size_t i = 0; i < before.size(); ++i) {
    if (i + 1 == before.size() || Pair(before[i], before[i + 1]) != pair) {
      after.push_back(before[i]);
      continue;
    }
    if (!after.empty()) {
      change({after.back(), pair.first}, -count, word);
      change({after.back(), merged}, count, word);
    }
    if (i + 2 < before.size()) {
      change({pair.second, before[i + 2]}, -count, word);
      change({merged, before[i + 2]}, count, word);
    }
    after.push_back(merged);
    ++i;
  }
  words_[word].symbols = std::move(after);
}

/// Tokens by id, written in the byte-level alphabet, and the merges that made them.
struct Learned {
  std::vector<std::string> tokens;
  std::vector<std::string> merges;
};

/// The special tokens and the bytes: the vocabulary before any merge.
std::vector<std::string> first_tokens(const BpeTrainerOptions& options) {
  std::vector<std::string> tokens = options.special_tokens;
  for (int byte = 0; byte < 256; ++byte) {
    const char bytes[] = {static_cast<char>(byte)};
    append_byte_level({bytes, 1}, tokens.emplace_back());
  }
  const auto first = static_cast<int64_t>(tokens.size());
  check(options.vocab_size >= first,
        "expected a vocab_size of at least {} (special tokens and bytes), found {}", first,
        options.vocab_size);
  std::unordered_set<std::string_view> seen;
  for (const std::string& token : tokens) {
    check(!token.empty(), "a special token is empty");
    check(seen.insert(token).second, "the special token \"{}\" is given twice or is a single byte",
          token);
  }
  return tokens;
}

Learned learn(const Pieces& pieces, const BpeTrainerOptions& options) {
  Learned learned{first_tokens(options), {}};
  std::unordered_set<std::string> known(learned.tokens.begin(), learned.tokens.end());
  PairCounts pairs;
  const auto first_byte = static_cast<int32_t>(options.special_tokens.size());
  for (const auto& [piece, count] : pieces) {
    std::vector<int32_t> symbols;
    for (const char byte : piece) symbols.push_back(first_byte + static_cast<unsigned char>(byte));
    pairs.add_word(std::move(symbols), count);
  }
  while (static_cast<int64_t>(learned.tokens.size()) < options.vocab_size) {
    const auto pair = pairs.take_most_frequent();
    if (!pair) break;
    const std::string left = learned.tokens[pair->first], right = learned.tokens[pair->second];
    // A token is made in one way only; the pair stays two symbols where it would be another way.
    if (!known.insert(left + right).second) continue;
    pairs.merge(*pair, static_cast<int32_t>(learned.tokens.size()));
    learned.tokens.push_back(left + right);
    learned.merges.push_back(left + " " + right);
  }
  return learned;
}

std::vector<AddedToken> added_tokens(const std::vector<std::string>& special_tokens) {
  std::vector<AddedToken> tokens;
  for (const std::string& content : special_tokens) {
    tokens.push_back(
        {.id = static_cast<int64_t>(tokens.size()), .content = content, .special = true});
  }
  return tokens;
}

Json to_json(const AddedToken& token) {
  return Json::Object{{"id", token.id},          {"content", token.content}, {"single_word", false},
                      {"lstrip", false},         {"rstrip", false},          {"normalized", false},
                      {"special", token.special}};
}

Json model_json(const Learned& learned) {
  Json::Object vocab;
  for (const std::string& token : learned.tokens) {
    vocab.emplace_back(token, static_cast<int64_t>(vocab.size()));
  }
  const Json::Array merges(learned.merges.begin(), learned.merges.end());
  return Json::Object{{"type", "BPE"},
                      {"dropout", Json()},
                      {"unk_token", Json()},
                      {"continuing_subword_prefix", Json()},
                      {"end_of_word_suffix", Json()},
                      {"fuse_unk", false},
                      {"byte_fallback", false},
                      {"ignore_merges", false},
                      {"vocab", std::move(vocab)},
                      {"merges", merges}};
}

}  // namespace

std::string train_byte_level_bpe(std::span<const std::string_view> texts,
                                 const BpeTrainerOptions& options) {
  const std::vector<AddedToken> special = added_tokens(options.special_tokens);
  const Learned learned = learn(count_pieces(texts, special), options);
  Json::Array added;
  for (const AddedToken& token : special) added.push_back(to_json(token));
  const Json tokenizer = Json::Object{{"version", "1.0"},
                                      {"truncation", Json()},
                                      {"padding", Json()},
                                      {"added_tokens", std::move(added)},
                                      {"normalizer", Json()},
                                      {"pre_tokenizer", pre_tokenizer_json()},
                                      {"post_processor", Json()},
                                      {"decoder", byte_level_json()},
                                      {"model", model_json(learned)}};
  return tokenizer.dump_pretty();
}

}  // namespace tern
