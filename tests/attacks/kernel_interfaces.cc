// tries: what of the kernel no training needs: keys, io_uring, bpf, perf, modules, clocks, reboot
//
// expect: refused

#include <sys/mman.h>
#include <time.h>

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  char bytes[256] = {};
  timespec now{};
  attempt_call("add_key", SYS_add_key, "user", "x", "y", 1, -3);
  attempt_call("request_key", SYS_request_key, "user", "x", nullptr, -3);
  attempt_call("keyctl", SYS_keyctl, 0, -3, 1);
  attempt_call("io_uring_setup", SYS_io_uring_setup, 8, bytes);
  attempt_call("bpf", SYS_bpf, 0, bytes, sizeof bytes);
  attempt_call("perf_event_open", SYS_perf_event_open, bytes, 0, -1, -1, 0);
  attempt_call("userfaultfd", SYS_userfaultfd, 1);
  attempt_call("memfd_create", SYS_memfd_create, "x", 0);
  attempt_call("memfd_secret", 447, 0);
  attempt_call("fanotify_init", SYS_fanotify_init, 0, 0);
  attempt_call("inotify_init1", SYS_inotify_init1, 0);
  attempt_call("name_to_handle_at", SYS_name_to_handle_at, -100, "/", bytes, bytes + 64, 0);
  attempt_call("open_by_handle_at", SYS_open_by_handle_at, -100, bytes, 0);
  attempt_call("openat2", SYS_openat2, -100, "/etc/passwd", bytes, 24);
  attempt_call("init_module", SYS_init_module, bytes, 1, "");
  attempt_call("finit_module", SYS_finit_module, 0, "", 0);
  attempt_call("kexec_load", SYS_kexec_load, 0, 0, 0, 0);
  attempt_call("syslog", SYS_syslog, 3, bytes, sizeof bytes);
  attempt_call("reboot", SYS_reboot, 0, 0, 0, 0);
  attempt_call("swapon", SYS_swapon, "reached", 0);
  attempt_call("acct", SYS_acct, "reached");
  attempt_call("quotactl", SYS_quotactl, 0, 0, 0, 0);
  attempt_call("sethostname", SYS_sethostname, "x", 1);
  attempt_call("clock_settime", SYS_clock_settime, 0, &now);
  attempt_call("settimeofday", SYS_settimeofday, bytes, 0);
  attempt_call("adjtimex", SYS_adjtimex, bytes);
  attempt_call("clock_adjtime", SYS_clock_adjtime, 0, bytes);
  attempt_call("personality", SYS_personality, 0x0040000);
  attempt_call("vhangup", SYS_vhangup);
  attempt_call("seccomp", SYS_seccomp, 1, 0, bytes);
  attempt_call("landlock_create_ruleset", 444, bytes, 8, 0);
  attempt_call("pkey_alloc", SYS_pkey_alloc, 0, 0);
  attempt_call("cachestat", 451, 0, bytes, bytes + 64, 0);
  attempt_call("x32", 0x40000000 + 39);
#ifdef __x86_64__
  attempt_call("iopl", SYS_iopl, 3);
  attempt_call("ioperm", SYS_ioperm, 0, 1, 1);
  attempt_call("modify_ldt", SYS_modify_ldt, 1, bytes, 16);
#endif
}
