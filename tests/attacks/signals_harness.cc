// tries: to signal the harness, all processes, and whoever reads its output
//
// expect: refused

#include <signal.h>

#include "tests/attacks/attack.h"

using namespace attack;

int main(int argc, char** argv) {
  const Place place(argc, argv);
  for (const int pid : {place.harness, -place.harness}) {
    attempt("kill", ::kill(pid, SIGUSR1));
    attempt_call("tgkill", SYS_tgkill, pid, pid, SIGUSR1);
    attempt_call("tkill", SYS_tkill, pid, SIGUSR1);
    attempt_call("rt_sigqueueinfo", SYS_rt_sigqueueinfo, pid, SIGUSR1, 0);
  }
  attempt_call("pidfd_open", SYS_pidfd_open, place.harness, 0);
  attempt("a pipe that signals", ::fcntl(1, F_SETOWN, place.harness));
  attempt("with another signal", ::fcntl(1, F_SETSIG, SIGKILL));
  attempt("a lease that blocks others", ::fcntl(::open(argv[0], O_RDONLY), F_SETLEASE, F_RDLCK));
  ::signal(SIGUSR1, SIG_IGN);
  ::kill(-1, SIGUSR1);  // reaches its own kind alone, or nobody
}
