#pragma once

#include <string>
#include <string_view>

namespace tern {

/// What may reach a terminal of the things an unread program prints: printable text (see
/// printable()), ends of lines, tabs, and the drawing over of the last line. No other control
/// character or sequence, which could set titles, write into what was printed before, or make the
/// terminal type an answer.
class TerminalText {
 public:
  /// The part of the next piece of output that may be shown.
  std::string pass(std::string_view piece);

 private:
  std::string pass_character(std::string_view character);

  enum class State { kText, kEscape, kSequence } state_ = State::kText;
  bool parameters_ = false;  // the sequence has some
  std::string held_;         // the beginning of a character whose end has not come
};

}  // namespace tern
