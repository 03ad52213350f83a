#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tern/base/json.h"

namespace tern {

/// A token that is found in the text as it stands, before the text is cut into pieces.
struct AddedToken {
  int64_t id = 0;
  std::string content;
  bool special = false;      // left out by decode() on request
  bool normalized = false;   // looked for after the normalizer, not before
  bool single_word = false;  // only where no word character touches it
  bool lstrip = false;       // takes the white space before it
  bool rstrip = false;       // takes the white space after it
};

/// The tokens of a tokenizer.json by id and by name: the model's "vocab" and the "added_tokens".
class Vocabulary {
 public:
  /// Takes the "model", and the "added_tokens" or null. Throws unless the ids are 0 to n - 1, each
  /// that of one token.
  Vocabulary(const Json& model, const Json& added_tokens);
  Vocabulary(const Vocabulary&) = delete;
  Vocabulary& operator=(const Vocabulary&) = delete;

  int64_t size() const { return static_cast<int64_t>(tokens_.size()); }
  /// The token as the file writes it; 0 <= id < size().
  const std::string& token(int32_t id) const { return tokens_[static_cast<size_t>(id)]; }
  std::optional<int32_t> find(std::string_view token) const;
  const std::vector<AddedToken>& added() const { return added_; }

 private:
  void add(const std::string& token, int64_t id);

  std::vector<std::string> tokens_;
  std::unordered_map<std::string_view, int32_t> ids_;  // views of tokens_
  std::vector<AddedToken> added_;
};

}  // namespace tern
