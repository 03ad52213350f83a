#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace tern {

/// Keys that no text of others may carry on, whole or in pieces: a server that echoes a key cuts it
/// first, as a rule.
class Secrets {
 public:
  static constexpr size_t kPiece = 8;  // characters; fewer of a key are found anywhere

  explicit Secrets(const std::vector<std::string>& keys);
  /// The values of this process's environment variables that are named as keys are (OPENAI_API_KEY,
  /// HF_TOKEN, ...), and `more` keys.
  static Secrets of_environment(std::vector<std::string> more = {});

  /// Whether a piece of a key stands in the text.
  bool are_in(std::string_view text) const;
  /// The text with "(key)" in the place of what is of a key.
  std::string redact(std::string_view text) const;

 private:
  std::unordered_set<std::string> pieces_;  // of kPiece characters each
};

}  // namespace tern
