#include "tern/text/added_tokens.h"

#include <algorithm>

namespace tern {
namespace {

std::string pattern_of(const AddedToken& token) {
  std::string pattern = "(" + Regex::quote(token.content) + ")";
  if (token.single_word) pattern = "(?<!\\w)" + pattern + "(?!\\w)";
  if (token.lstrip) pattern = "\\s*" + pattern;
  if (token.rstrip) pattern += "\\s*";
  return pattern;
}

}  // namespace

AddedTokens::AddedTokens(const std::vector<AddedToken>& tokens) {
  if (tokens.empty()) return;
  std::vector<AddedToken> longest_first = tokens;
  std::stable_sort(longest_first.begin(), longest_first.end(), [](const auto& a, const auto& b) {
    return a.content.size() > b.content.size();
  });
  std::string pattern = "(?|";  // in every alternative the token is group 1
  for (const AddedToken& token : longest_first) {
    if (!ids_.empty()) pattern += '|';
    pattern += pattern_of(token);
    ids_.emplace(token.content, static_cast<int32_t>(token.id));
  }
  pattern_.emplace(pattern + ")");
}

void AddedTokens::split(std::string_view text, const std::function<void(std::string_view)>& on_text,
                        const std::function<void(int32_t)>& on_token) const {
  size_t at = 0;
  while (pattern_) {
    const auto match = pattern_->find(text, at);
    if (!match) break;
    if (match->begin > at) on_text(text.substr(at, match->begin - at));
    const auto token = text.substr(match->group_begin, match->group_end - match->group_begin);
    on_token(ids_.at(std::string(token)));
    at = match->end;
  }
  if (at < text.size()) on_text(text.substr(at));
}

}  // namespace tern
