// tries: to fill the disk below more folders than a path can name
//
// expect: limit of the disk

#include "tests/attacks/attack.h"

int main() {
  static char block[1 << 20];
  const std::string name(250, 'd');
  for (int depth = 0; depth < 40; ++depth) {
    if (::mkdir(name.c_str(), 0755) != 0 || ::chdir(name.c_str()) != 0) return 1;
  }
  for (int file = 0; file < 40; ++file) {
    const int fd = ::open(std::to_string(file).c_str(), O_WRONLY | O_CREAT, 0644);
    for (int piece = 0; piece < 8; ++piece) {
      if (::write(fd, block, sizeof block) < 0) break;
    }
    ::close(fd);
    ::usleep(20000);
  }
  ::sleep(60);
}
