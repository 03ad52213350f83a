#include "tern/runner/terminal_text.h"

namespace tern {

std::string TerminalText::pass(std::string_view piece) {
  constexpr char kEscapeByte = '\033', kC2Byte = '\xC2';
  std::string shown;
  for (const char c : piece) {
    const auto byte = static_cast<unsigned char>(c);
    switch (state_) {
      case State::kEscape:
        state_ = c == '[' ? State::kSequence : State::kText;
        parameters_ = false;
        continue;
      case State::kSequence:
        if (byte < 0x40 || byte > 0x7e) {
          parameters_ = true;
          continue;
        }
        state_ = State::kText;
        if (c == 'K' && !parameters_) shown += "\033[K";  // clears the rest of the line
        continue;
      case State::kC2:
        // In UTF-8 the bytes 80 to 9F behind C2 are control characters as well.
        state_ = State::kText;
        if (byte >= 0x80 && byte < 0xA0) continue;
        shown += kC2Byte;
        break;
      case State::kText:
        break;
    }
    if (c == kEscapeByte) {
      state_ = State::kEscape;
    } else if (c == kC2Byte) {
      state_ = State::kC2;
    } else if ((byte >= 0x20 && byte != 0x7f) || c == '\n' || c == '\r' || c == '\t') {
      shown += c;
    }
  }
  return shown;
}

}  // namespace tern
