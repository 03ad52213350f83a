#include "tern/data/eval_set.h"

#include <algorithm>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/json.h"
#include "tern/base/sha256.h"
#include "tern/data/tokenize.h"

namespace tern {
namespace {

constexpr int64_t kFileVersion = 1;

bool looks_like_wikitext(std::string_view raw) {
  const size_t begin = raw.find_first_not_of(" \r\n");
  if (begin == std::string_view::npos || begin == 0) return false;
  const std::string_view line = raw.substr(begin - 1, raw.find('\n', begin) - begin + 1);
  return line.starts_with(" = ") && line.ends_with(" = ");
}

void check_scorable(const EvalSet& set) {
  check(set.tokens.size() > 1 && set.bytes > 0,
        "evaluation set {}: expected a text of at least 2 tokens, one to predict from and one to "
        "predict, found {} tokens of {} bytes; give a longer text",
        set.name, set.tokens.size(), set.bytes);
  check(set.window > 1,
        "evaluation set {}: expected a window of at least 2 tokens, found {}; set data.window in "
        "lab.toml",
        set.name, set.window);
}

/// Throws without naming the file.
EvalSet eval_set_of(const Json& json) {
  const int64_t version = json.at("version").as_int();
  check(version <= kFileVersion, "expected version {}, found version {}; update Tern", kFileVersion,
        version);
  EvalSet set;
  set.name = json.at("name").as_string();
  set.bytes = json.at("bytes").as_int();
  set.window = json.at("window").as_int();
  set.tokenizer_sha256 = json.at("tokenizer_sha256").as_string();
  set.dataset_sha256 = json.at("dataset_sha256").as_string();
  for (const Json& token : json.at("tokens").items()) {
    const int64_t id = token.as_int();
    check(0 <= id && id <= INT32_MAX, "expected token ids, found {}", id);
    set.tokens.push_back(static_cast<int32_t>(id));
  }
  check_scorable(set);
  return set;
}

}  // namespace

EvalSet EvalSet::read(const std::filesystem::path& path) {
  const Json json = Json::read(path);
  try {
    return eval_set_of(json);
  } catch (const Error& e) {
    fail("{}: {}", path.string(), e.what());
  }
}

void EvalSet::write(const std::filesystem::path& path) const {
  const Json json = Json::Object{{"version", kFileVersion},
                                 {"name", name},
                                 {"bytes", bytes},
                                 {"window", window},
                                 {"tokenizer_sha256", tokenizer_sha256},
                                 {"dataset_sha256", dataset_sha256},
                                 {"tokens", Json::Array(tokens.begin(), tokens.end())}};
  write_file_atomically(path, json.dump() + "\n");
}

int64_t EvalSet::window_of(int64_t context) const {
  const int64_t shortest = std::min({window, context, std::ssize(tokens)});
  check(shortest > 1,
        "{}: expected at least 2 tokens to score, one to predict from and one to predict, found {} "
        "tokens, a window of {} and a model's context of {}; give a longer text",
        name, tokens.size(), window, context);
  return shortest;
}

void EvalSet::check_tokenizer(const Tokenizer& tokenizer) const {
  check(
      tokenizer.hash() == tokenizer_sha256,
      "the evaluation set {} was made with the tokenizer of SHA-256 {}, the model has {}; make it "
      "anew with `tern prepare`",
      name, tokenizer_sha256, tokenizer.hash());
  for (const int32_t id : tokens) {
    check(id < tokenizer.vocab_size(),
          "the evaluation set {} holds the token {}, the tokenizer ends at {}; make it anew with "
          "`tern prepare`",
          name, id, tokenizer.vocab_size() - 1);
  }
}

std::string wikitext_text(std::string_view raw) {
  std::string text;
  while (!raw.empty()) {
    const size_t newline = std::min(raw.find('\n'), raw.size() - 1);
    const std::string_view line = raw.substr(0, newline + 1);
    if (line != " \n") text += line;
    raw.remove_prefix(line.size());
    if (!raw.empty()) text += "\n\n";
  }
  return text;
}

EvalSet eval_set_of_text(std::string name, std::string_view raw, const Tokenizer& tokenizer,
                         int64_t window, EvalText kind) {
  if (kind == EvalText::detect) {
    kind = looks_like_wikitext(raw) ? EvalText::wikitext : EvalText::plain;
  }
  const std::string text = kind == EvalText::wikitext ? wikitext_text(raw) : std::string(raw);
  EvalSet set;
  set.name = std::move(name);
  set.bytes = std::ssize(text);
  set.window = window;
  set.tokenizer_sha256 = tokenizer.hash();
  set.dataset_sha256 = sha256_of(raw);
  if (tokenizer.adds_bos()) set.tokens.push_back(tokenizer.bos_id().value());
  tokenizer.encode(text, set.tokens);
  check_scorable(set);
  return set;
}

EvalSet eval_set_of_documents(std::string name, DocumentReader& documents,
                              const Tokenizer& tokenizer, int64_t window, int64_t max_tokens) {
  const DocumentEncoder encoder(tokenizer);
  EvalSet set;
  set.name = std::move(name);
  set.window = window;
  set.tokenizer_sha256 = tokenizer.hash();
  Sha256 hash;
  std::string text;
  while ((max_tokens == 0 || std::ssize(set.tokens) < max_tokens) && documents.next(text)) {
    encoder.encode(text, set.tokens);
    set.bytes += std::ssize(text);
    hash.update(text.c_str(), text.size() + 1);  // with the zero byte
  }
  set.dataset_sha256 = hash.hex_digest();
  check_scorable(set);
  return set;
}

}  // namespace tern
