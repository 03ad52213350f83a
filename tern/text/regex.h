#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tern {

/// A compiled regular expression over UTF-8 with Unicode classes (PCRE2, just-in-time compiled).
/// tokenizer.json is written for Oniguruma; the two read the patterns of published tokenizers
/// alike, but for U+180E, which only PCRE2 counts as white space. Copies are cheap and share the
/// compiled code; any number of threads may search at once.
class Regex {
 public:
  /// Throws when the pattern does not compile.
  explicit Regex(std::string_view pattern);

  /// The pattern that matches exactly these characters.
  static std::string quote(std::string_view literal);

  /// Byte offsets into the searched text. The group is the first capture, if the pattern has one.
  struct Match {
    size_t begin, end;
    size_t group_begin, group_end;
  };
  /// The first match at or after the offset `from`; an empty match does not count. `text` must be
  /// valid UTF-8. Throws when the pattern backtracks beyond PCRE2's limits.
  std::optional<Match> find(std::string_view text, size_t from) const;

  /// The text with every match replaced by `replacement`, taken literally.
  std::string replace_all(std::string_view text, std::string_view replacement) const;

 private:
  struct Code;
  std::shared_ptr<const Code> code_;
};

}  // namespace tern
