// tries: to get namespaces of its own, and by them or without to mount, unmount or change the root
//
// expect: refused

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  for (const int which : {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC,
                          CLONE_NEWUTS, CLONE_NEWCGROUP, 0x80 /* time */}) {
    attempt("unshare", ::unshare(which));
    attempt("setns", ::setns(::open("/proc/1/ns/mnt", O_RDONLY), which));
    if (which == 0x80) continue;  // clone() takes these bits for a signal
    const long child = ::syscall(SYS_clone, which | SIGCHLD, 0, 0, 0, 0);
    if (child == 0) ::_exit(0);
    attempt("clone", child);
  }
  uint64_t arguments[11] = {CLONE_NEWUSER};
  const long child = ::syscall(SYS_clone3, arguments, sizeof arguments);
  if (child == 0) ::_exit(0);
  attempt("clone3", child);
  attempt("mount", ::mount("none", ".", "tmpfs", 0, nullptr));
  attempt("bind", ::mount("/", ".", nullptr, MS_BIND, nullptr));
  attempt("remount", ::mount(nullptr, "/", nullptr, MS_REMOUNT | MS_BIND, nullptr));
  attempt("unmount", ::umount2("/proc", MNT_DETACH));
  attempt("chroot", ::chroot("."));
  attempt_call("pivot_root", SYS_pivot_root, ".", ".");
  attempt_call("open_tree", SYS_open_tree, -100, "/", 1);
  attempt_call("fsopen", SYS_fsopen, "tmpfs", 0);
  attempt_call("move_mount", SYS_move_mount, -100, "/proc", -100, ".", 0);
  attempt_call("mount_setattr", 442, -100, "/", 0, 0, 0);
}
