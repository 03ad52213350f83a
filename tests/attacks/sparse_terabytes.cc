// tries: to leave files of a terabyte that take no room yet
//
// expect: refused EFBIG

#include <signal.h>

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  ::signal(SIGXFSZ, SIG_IGN);
  const int file = ::open("sparse", O_RDWR | O_CREAT, 0644);
  attempt("truncate", ::ftruncate(file, int64_t{1} << 40));
  attempt("allocate", ::posix_fallocate(file, 0, int64_t{1} << 40) == 0 ? 0 : -1);
  attempt("write far", ::pwrite(file, "x", 1, int64_t{1} << 40));
}
