#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tern/text/regex.h"
#include "tern/text/vocabulary.h"

namespace tern {

/// Finds added tokens in text: at each place the longest one.
class AddedTokens {
 public:
  explicit AddedTokens(const std::vector<AddedToken>& tokens);

  /// Sends, in order, each stretch of text that holds no added token to `on_text` (views of
  /// `text`, never empty) and the id of each added token to `on_token`.
  void split(std::string_view text, const std::function<void(std::string_view)>& on_text,
             const std::function<void(int32_t)>& on_token) const;

 private:
  std::optional<Regex> pattern_;  // the token is its first group; none when there are no tokens
  std::unordered_map<std::string, int32_t> ids_;
};

}  // namespace tern
