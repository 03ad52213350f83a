// tries: to fill the kernel with data that wait in pairs of sockets, and pages that wait in pipes
//
// expect: refused

#include <sys/uio.h>

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  static char block[1 << 17];
  for (int made = 0; made < 100; ++made) {
    int pair[2];
    const bool got = attempt("pair", ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair));
    while (got && ::send(pair[0], block, sizeof block, 0) > 0) {
    }
  }
  int pipe[2];
  if (::pipe(pipe) != 0) return 1;
  iovec page = {block, 4096};
  attempt("vmsplice", ::vmsplice(pipe[1], &page, 1, 0));
}
