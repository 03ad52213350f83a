// tries: to leave 60,000 files, most of them empty
//
// expect: limit of the disk

#include "tests/attacks/attack.h"

int main() {
  for (int file = 0; file < 60000; ++file) {
    ::close(::open(std::to_string(file).c_str(), O_WRONLY | O_CREAT, 0));
  }
  ::sleep(60);
}
