// tries: to fill the disk with files
//
// expect: limit of the disk

#include "tests/attacks/attack.h"

int main() {
  static char block[1 << 20];
  for (int file = 0; file < 40; ++file) {
    const int fd = ::open(std::to_string(file).c_str(), O_WRONLY | O_CREAT, 0644);
    for (int piece = 0; piece < 8; ++piece) {
      if (::write(fd, block, sizeof block) < 0) break;
    }
    ::usleep(20000);
  }
  ::sleep(60);
}
