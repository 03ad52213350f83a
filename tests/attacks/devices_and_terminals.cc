// tries: to make and to open devices, to type on a terminal, and to switch it
//
// expect: refused

#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <termios.h>

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  attempt("block device", ::mknod("block", S_IFBLK | 0600, ::makedev(254, 0)));
  attempt("memory device", ::mknod("memory", S_IFCHR | 0600, ::makedev(1, 1)));
  for (const char* path :
       {"/dev/mem", "/dev/kmsg", "/dev/tty", "/dev/ptmx", "/dev/pts/0", "/dev/kvm", "/dev/fuse",
        "/dev/vda", "/dev/sda", "/dev/nvidiactl", "/dev/console", "/dev/net/tun",
        "/dev/loop-control", "/dev/userfaultfd"}) {
    attempt(path, ::open(path, O_RDWR));
  }
  char key = 'x';
  int zero = 0;
  for (const int file : {0, 1, 2}) {
    attempt("TIOCSTI", ::ioctl(file, TIOCSTI, &key));
    attempt("TIOCSCTTY", ::ioctl(file, TIOCSCTTY, 0));
    attempt("TIOCLINUX", ::ioctl(file, TIOCLINUX, &key));
    attempt("TIOCSETD", ::ioctl(file, TIOCSETD, &zero));
    attempt("TIOCCONS", ::ioctl(file, TIOCCONS, 0));
  }
}
