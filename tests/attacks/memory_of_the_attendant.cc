// tries: to get memory for models a thousand times, and to fill each piece through its file
//
// expect: nothing reached

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  begin();
  ino_t first = 0;
  for (int asked = 0; asked < 1000; ++asked) {
    const Answer made = memory();
    struct stat info {};
    if (!made.came || made.file < 0 || ::fstat(made.file, &info) != 0) break;
    if (asked == 0) first = info.st_ino;
    if (info.st_ino != first) reached("another piece of memory");
    ::close(made.file);
  }
  if (first == 0) reached("no memory at all, so this shows nothing");
}
