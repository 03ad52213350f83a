// tries: to change priority, scheduler, processors, limits and memory of the harness
//
// expect: refused

#include <sched.h>
#include <sys/resource.h>

#include "tests/attacks/attack.h"

using namespace attack;

int main(int argc, char** argv) {
  const Place place(argc, argv);
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(0, &one);
  const sched_param parameter{};
  const rlimit none = {0, 0};
  uint64_t attributes[8] = {48};
  for (const int pid : {place.harness, ::getppid(), 1}) {
    attempt("sched_setaffinity", ::sched_setaffinity(pid, sizeof one, &one));
    attempt("sched_setscheduler", ::sched_setscheduler(pid, SCHED_IDLE, &parameter));
    attempt("sched_setparam", ::sched_setparam(pid, &parameter));
    attempt_call("sched_setattr", SYS_sched_setattr, pid, attributes, 0);
    attempt("setpriority", ::setpriority(PRIO_PROCESS, static_cast<id_t>(pid), 19));
    attempt_call("ioprio_set", SYS_ioprio_set, 1, pid, 3 << 13);
    attempt_call("prlimit64", SYS_prlimit64, pid, RLIMIT_CPU, &none, nullptr);
    attempt_call("migrate_pages", SYS_migrate_pages, pid, 0, 0, 0);
  }
  attempt("of all", ::setpriority(PRIO_USER, ::getuid(), 19));
  attempt("real time", ::sched_setscheduler(0, SCHED_FIFO, &parameter));
}
