#include "loop/boundary/program_text.h"

#include <algorithm>

#include "tern/base/sha256.h"

namespace tern::loop {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_quote(char c) { return c == '"' || c == '\''; }
/// Characters that may be a part of a longer operator, as > of >> and >=.
bool is_operator(char c) {
  return std::string_view("+-*/%&|^!=<>:.#~?").find(c) != std::string_view::npos;
}

/// Takes C++ apart as far as telling code from comments, blanks and literals needs.
class Normalizer {
 public:
  explicit Normalizer(std::string_view source) : source_(source), at_(past_splices(0)) {}

  std::string run() {
    while (!done()) step();
    end_line();
    return std::move(out_);
  }

 private:
  bool done() const { return at_ >= source_.size(); }

  /// A backslash at a line's end joins it with the next one, anywhere but in a raw string.
  size_t past_splices(size_t at) const {
    while (at < source_.size() && source_[at] == '\\') {
      size_t end = at + 1;
      while (end < source_.size() && is_blank(source_[end])) ++end;
      if (end >= source_.size() || source_[end] != '\n') break;
      at = end + 1;
    }
    return at;
  }

  char at(size_t place) const { return place < source_.size() ? source_[place] : '\n'; }
  char peek() const { return at(at_); }
  char peek_next() const { return at(past_splices(at_ + 1)); }
  void advance() { at_ = past_splices(at_ + 1); }
  void take() {
    out_ += peek();
    advance();
  }

  void step() {
    const char c = peek();
    if (c == '\n') {
      advance();
      if (directive_) end_line();
      directive_ = false;
      line_begins_ = true;
      blank_ = true;
    } else if (is_blank(c)) {
      advance();
      blank_ = true;
    } else if (c == '/' && (peek_next() == '/' || peek_next() == '*')) {
      skip_comment();
      blank_ = true;
    } else {
      if (line_begins_ && c == '#') begin_directive();
      separate(c);
      blank_ = line_begins_ = false;
      take_token();
    }
  }

  void skip_comment() {
    advance();
    const bool block = peek() == '*';
    advance();
    while (!done() && (block ? peek() != '*' || peek_next() != '/' : peek() != '\n')) advance();
    if (!block) return;
    advance();
    advance();
  }

  void begin_directive() {
    end_line();
    directive_ = true;
  }

  void end_line() {
    if (!out_.empty() && out_.back() != '\n') out_ += '\n';
  }

  /// Puts a blank before the token that begins with `c` where the text has one that matters.
  void separate(char c) {
    if (!blank_ || out_.empty() || out_.back() == '\n') return;
    const char last = out_.back();
    bool needed = (is_word(last) && (is_word(c) || is_quote(c))) ||
                  (is_quote(last) && (is_word(c) || is_quote(c))) ||
                  (is_operator(last) && is_operator(c)) || (last == '.' && is_digit(c)) ||
                  (number_ && (c == '.' || is_exponent_sign(c)));
    // `#define F (x)` is not `#define F(x)`.
    if (directive_) needed = last != '#';
    if (needed) out_ += ' ';
  }

  void take_token() {
    const char c = peek();
    number_ = false;
    if (is_digit(c) || (c == '.' && is_digit(peek_next()))) {
      take_number();
    } else if (is_word(c)) {
      take_word();
    } else if (is_quote(c)) {
      take_literal();
    } else {
      take_punctuation();
    }
  }

  /// Digit separators are dropped: 1'000 is 1000.
  void take_number() {
    number_ = true;
    for (;;) {
      const char c = peek();
      if (c == '\'' && is_word(peek_next())) {
        advance();
      } else if (is_word(c) || c == '.' || is_exponent_sign(c)) {
        take();
      } else {
        return;
      }
    }
  }

  /// True when a number goes on with this sign; even 0xe+1 is one (bad) number to a compiler.
  bool is_exponent_sign(char c) const {
    return (c == '+' || c == '-') &&
           std::string_view("eEpP").find(out_.back()) != std::string::npos;
  }

  void take_word() {
    const size_t begin = out_.size();
    while (is_word(peek()) && !done()) take();
    const std::string_view word = std::string_view(out_).substr(begin);
    const bool raw = word == "R" || word == "LR" || word == "uR" || word == "UR" || word == "u8R";
    if (raw && peek() == '"' && !done()) take_raw_string();
  }

  void take_literal() {
    const char quote = peek();
    take();
    while (!done() && peek() != '\n') {
      const char c = peek();
      take();
      if (c == quote) return;
      if (c == '\\' && !done() && peek() != '\n') take();
    }
  }

  /// R"x( ... )x": taken as it stands, splices included.
  void take_raw_string() {
    const size_t open = source_.find('(', at_);
    size_t end = source_.size();
    if (open != std::string_view::npos) {
      std::string close = ")";
      close.append(source_.substr(at_ + 1, open - at_ - 1)).append("\"");
      const size_t found = source_.find(close, open);
      if (found != std::string_view::npos) end = found + close.size();
    }
    out_.append(source_.substr(at_, end - at_));
    at_ = past_splices(end);
  }

  void take_punctuation() {
    const char c = peek();
    if (directive_) return take();
    if (c == '}' && out_.size() == opened_) out_.pop_back();  // {} is one thing
    if (c == '(' || c == '[' || c == '{') brackets_ += c;
    if ((c == ')' || c == ']' || c == '}') && !brackets_.empty()) brackets_.pop_back();
    take();
    const bool in_parentheses = !brackets_.empty() && brackets_.back() != '{';
    if (c == '{' || (c == ';' && !in_parentheses)) out_ += '\n';
    if (c == '{') opened_ = out_.size();
  }

  std::string_view source_;
  size_t at_;
  std::string out_;
  size_t opened_ = 0;        // where out_ stood after the last {
  std::string brackets_;     // the open ones
  bool blank_ = false;       // between the last token and the next
  bool line_begins_ = true;  // no token yet in this line of the source
  bool directive_ = false;   // within a preprocessor line
  bool number_ = false;      // the last token was one
};

}  // namespace

std::string normalized_program(std::string_view source) { return Normalizer(source).run(); }

std::string program_hash(std::string_view source) { return sha256_of(normalized_program(source)); }

int64_t code_lines(std::string_view source) {
  const std::string program = normalized_program(source);
  return std::count(program.begin(), program.end(), '\n');
}

}  // namespace tern::loop
