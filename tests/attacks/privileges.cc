// tries: to become another user, to get capabilities, and to leave programs that run as its owner
//
// expect: refused

#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  const gid_t group = 0;
  attempt_call("setuid", SYS_setuid, ::getuid() == 0 ? 1 : 0);
  attempt_call("setgid", SYS_setgid, ::getgid() == 0 ? 1 : 0);
  attempt_call("setresuid", SYS_setresuid, 0, 0, 0);
  attempt_call("setgroups", SYS_setgroups, 1, &group);
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  const __user_cap_data_struct all[2] = {{~0u, ~0u, ~0u}, {~0u, ~0u, ~0u}};
  attempt_call("capset", SYS_capset, &header, all);
  attempt("securebits", ::prctl(PR_SET_SECUREBITS, 0, 0, 0, 0));
  attempt("ambient", ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_ADMIN, 0, 0));
  attempt("keep", ::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
  attempt("subreaper", ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
  attempt("tracer", ::prctl(0x59616d61 /* PR_SET_PTRACER */, -1, 0, 0, 0));
  attempt("made", ::open("suid", O_CREAT | O_WRONLY, 04755));
  write_text("plain", "#!/bin/sh\n");
  attempt("set", ::chmod("plain", 06755));
  attempt("through a file", ::fchmod(::open("plain", O_RDONLY), 04755));
}
