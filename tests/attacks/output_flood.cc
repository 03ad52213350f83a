// tries: to fill disk and terminal with output that has no end of a line, and keys for terminals
//
// expect: nothing reached

#include "tests/attacks/attack.h"

int main() {
  const std::string keys =
      "\033]52;c;cm0gLXJm\a\033[2J\033]0;owned\a\x9b"
      "31m\xe2\x80\xae";
  std::string block;
  while (block.size() < 1 << 20) block += keys;
  for (int piece = 0; piece < 32; ++piece) {
    if (::write(piece % 2 + 1, block.data(), block.size()) < 0) return 1;
  }
}
