#include "tern/runner/terminal_text.h"

#include <utility>

#include "tern/base/printable.h"
#include "tern/base/utf8.h"

namespace tern {

std::string TerminalText::pass(std::string_view piece) {
  const std::string text = std::exchange(held_, "").append(piece);
  std::string shown;
  for (size_t at = 0, bytes = 0; at < text.size(); at += bytes) {
    bytes = utf8_length(text[at]);
    if (at + bytes > text.size()) {
      held_ = text.substr(at);
      break;
    }
    const bool valid = valid_utf8_prefix(std::string_view(text).substr(at, bytes)) == bytes;
    if (!valid) bytes = 1;
    shown += pass_character(std::string_view(text).substr(at, bytes));
  }
  return shown;
}

std::string TerminalText::pass_character(std::string_view character) {
  constexpr char kEscapeByte = '\033';
  const char first = character[0];
  if (state_ == State::kEscape) {
    state_ = first == '[' ? State::kSequence : State::kText;
    parameters_ = false;
    return "";
  }
  if (state_ == State::kSequence) {
    const bool ends = first >= 0x40 && first <= 0x7e;
    if (ends) state_ = State::kText;
    const bool clears_line = first == 'K' && !parameters_;
    parameters_ = true;
    return clears_line ? "\033[K" : "";
  }
  if (first == kEscapeByte) {
    state_ = State::kEscape;
    return "";
  }
  const bool moves_on = first == '\n' || first == '\r' || first == '\t';
  return moves_on ? std::string(character) : printable(character);
}

}  // namespace tern
