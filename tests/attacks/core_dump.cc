// tries: to leave its memory on the disk, or with a program that takes core dumps
//
// expect: exit 134

#include <sys/resource.h>

#include "tests/attacks/attack.h"

int main() {
  const rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
  attack::attempt("core", ::setrlimit(RLIMIT_CORE, &all));
  std::abort();
}
