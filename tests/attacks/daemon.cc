// tries: to leave a process behind that has another session, parent, name and environment
//
// expect: nothing reached

#include <sys/file.h>
#include <sys/prctl.h>

#include "tests/attacks/attack.h"

int main(int argc, char**) {
  if (argc == 1) {  // the daemon
    ::sleep(100);
    return 0;
  }
  // The harness looks whether somebody holds this lock.
  const int lock = ::open("lock", O_RDWR | O_CREAT, 0600);
  ::flock(lock, LOCK_EX);
  if (::fork() == 0) {
    ::setsid();
    if (::fork() != 0) ::_exit(0);
    ::prctl(PR_SET_PDEATHSIG, 0);
    ::prctl(PR_SET_NAME, "kworker/0:1");
    if (::chdir("/") != 0) return 1;
    char self[4096] = {};
    if (::readlink("/proc/self/exe", self, sizeof self - 1) < 0) return 1;
    char* const arguments[] = {self, nullptr};
    char* const nothing[] = {nullptr};
    ::execve(self, arguments, nothing);
  }
  ::usleep(100000);
}
