// tries: to use processor time that nobody counts, in children that nobody waits for
//
// expect: processor 1.2

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/attacks/attack.h"

namespace {

double used() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace

int main() {
  ::signal(SIGCHLD, SIG_IGN);
  for (int child = 0; child < 40; ++child) {  // of 40 ms each
    const pid_t process = ::fork();
    if (process == 0) {
      while (used() < 0.04) {
      }
      ::_exit(0);
    }
    ::waitid(P_PID, static_cast<id_t>(process), nullptr, WEXITED | WNOWAIT);  // and takes no notice
  }
}
