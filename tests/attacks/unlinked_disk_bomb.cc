// tries: to fill the disk with files that have no name any more
//
// expect: limit of the disk

#include "tests/attacks/attack.h"

int main() {
  static char block[1 << 20];
  for (int file = 0; file < 40; ++file) {
    const int fd = ::open("file", O_WRONLY | O_CREAT | O_EXCL, 0644);
    ::unlink("file");
    for (int piece = 0; piece < 8; ++piece) {
      if (::write(fd, block, sizeof block) < 0) break;
    }
    ::usleep(20000);
  }
  ::sleep(60);
}
