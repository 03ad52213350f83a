// tries: to go on for ever by sleeping on while it is asked to end
//
// expect: limit it ran longer than

#include <signal.h>

#include "tests/attacks/attack.h"

int main() {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGALRM}) ::signal(signal, SIG_IGN);
  for (;;) {
    ::raise(SIGSTOP);
    ::usleep(1000);
  }
}
