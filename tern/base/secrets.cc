#include "tern/base/secrets.h"

#include <unistd.h>

#include <algorithm>

namespace tern {
namespace {

/// Whether a variable's name says that it holds a key: its last word does.
bool names_key(std::string_view name) {
  const std::string_view word = name.substr(name.rfind('_') + 1);  // npos + 1 is 0
  return word == "KEY" || word == "TOKEN" || word == "SECRET" || word == "PASSWORD";
}

}  // namespace

Secrets::Secrets(const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    for (size_t at = 0; at + kPiece <= key.size(); ++at) pieces_.insert(key.substr(at, kPiece));
  }
}

Secrets Secrets::of_environment(std::vector<std::string> more) {
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view entry = *variable;
    const size_t equals = std::min(entry.find('='), entry.size());
    const std::string_view value = entry.substr(std::min(equals + 1, entry.size()));
    // A path is where a key is kept, and its pieces are in every message.
    if (names_key(entry.substr(0, equals)) && !value.starts_with('/')) more.emplace_back(value);
  }
  return Secrets(more);
}

bool Secrets::are_in(std::string_view text) const { return redact(text) != text; }

std::string Secrets::redact(std::string_view text) const {
  if (pieces_.empty()) return std::string(text);
  std::string shown;
  size_t key_end = 0;  // of the last piece
  for (size_t at = 0; at < text.size(); ++at) {
    if (pieces_.contains(std::string(text.substr(at, kPiece)))) {
      if (at >= key_end) shown += "(key)";
      key_end = at + kPiece;
    }
    if (at >= key_end) shown += text[at];
  }
  return shown;
}

}  // namespace tern
