#include "tern/text/vocabulary.h"

#include <algorithm>

#include "tern/base/error.h"

namespace tern {
namespace {

AddedToken read_added_token(const Json& json) {
  AddedToken token;
  token.id = json.at("id").as_int();
  token.content = json.at("content").as_string();
  token.special = json.get("special", false);
  token.normalized = json.get("normalized", !token.special);
  token.single_word = json.get("single_word", false);
  token.lstrip = json.get("lstrip", false);
  token.rstrip = json.get("rstrip", false);
  return token;
}

std::vector<AddedToken> read_added_tokens(const Json& json) {
  std::vector<AddedToken> tokens;
  if (json.is_null()) return tokens;
  for (const Json& token : json.items()) tokens.push_back(read_added_token(token));
  return tokens;
}

}  // namespace

Vocabulary::Vocabulary(const Json& model, const Json& added_tokens)
    : added_(read_added_tokens(added_tokens)) {
  const Json::Object& vocab = model.at("vocab").members();
  tokens_.resize(vocab.size() + added_.size());  // enough for all; ids_ holds views from here on
  ids_.reserve(tokens_.size());
  for (const auto& [token, id] : vocab) {
    check(!find(token), "the token \"{}\" stands twice in the vocabulary", token);
    add(token, id.as_int());
  }
  for (const AddedToken& token : added_) {
    const auto known = find(token.content);
    if (!known) add(token.content, token.id);
    check(!known || *known == token.id,
          "the added token \"{}\" has id {}, but id {} in the vocabulary", token.content, token.id,
          known.value_or(-1));
  }
  const auto missing = std::find(tokens_.begin(), tokens_.begin() + ids_.size(), "");
  const auto count = static_cast<int64_t>(ids_.size());
  check(missing == tokens_.begin() + count,
        "{} tokens should have the ids 0 to {}, but no token has the id {}", count, count - 1,
        missing - tokens_.begin());
  tokens_.resize(ids_.size());
}

void Vocabulary::add(const std::string& token, int64_t id) {
  check(!token.empty(), "the token with id {} is empty", id);
  check(id >= 0 && id < static_cast<int64_t>(tokens_.size()),
        "the id {} of the token \"{}\" is out of range; expected 0 to {}", id, token,
        tokens_.size() - 1);
  std::string& place = tokens_[static_cast<size_t>(id)];
  check(place.empty(), "the tokens \"{}\" and \"{}\" have the same id {}", place, token, id);
  place = token;
  ids_.emplace(place, static_cast<int32_t>(id));
}

std::optional<int32_t> Vocabulary::find(std::string_view token) const {
  const auto found = ids_.find(token);
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

}  // namespace tern
