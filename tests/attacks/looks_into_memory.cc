// tries: to trace processes, to read and write their memory, and to take their descriptors
//
// expect: refused

#include <sys/ptrace.h>
#include <sys/uio.h>

#include "tests/attacks/attack.h"

using namespace attack;

int main(int argc, char** argv) {
  const Place place(argc, argv);
  char byte;
  iovec here = {&byte, 1}, there = {&byte, 1};
  for (const int pid : {place.harness, 1, ::getppid()}) {
    attempt_call("ptrace attach", SYS_ptrace, PTRACE_ATTACH, pid, 0, 0);
    attempt_call("ptrace seize", SYS_ptrace, PTRACE_SEIZE, pid, 0, 0);
    attempt_call("process_vm_readv", SYS_process_vm_readv, pid, &here, 1, &there, 1, 0);
    attempt_call("process_vm_writev", SYS_process_vm_writev, pid, &here, 1, &there, 1, 0);
    attempt_call("kcmp", SYS_kcmp, pid, ::getpid(), 0, 0, 0);
    attempt_call("move_pages", SYS_move_pages, pid, 0, 0, 0, 0, 0);
    attempt_call("pidfd_getfd", SYS_pidfd_getfd, 0, 0, 0);
    attempt_call("process_madvise", SYS_process_madvise, 0, &here, 1, 4, 0);
  }
}
