// tries: to make the attendant take memory by announcing a message of any size
//
// expect: nothing reached

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  begin();
  const uint64_t frame[2] = {uint64_t{1} << 62, uint64_t{1} << 62};
  send_all(frame, sizeof frame);
  const std::string block(1 << 20, 'x');
  for (int piece = 0; piece < 64; ++piece) {
    if (!send_all(block.data(), block.size())) return 0;
  }
  reached("it was read");
}
