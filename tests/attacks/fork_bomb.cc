// tries: to fill the machine with processes
//
// expect: limit processes and threads at once

#include "tests/attacks/attack.h"

int main() {
  for (int made = 0; made < 400; ++made) {
    if (::fork() == 0) {
      ::setsid();
      ::sleep(60);
      ::_exit(0);
    }
  }
  ::sleep(60);
}
