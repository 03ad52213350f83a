// tries: to read what belongs to the user or the machine: accounts, keys, logs, other programs'
// state
//
// expect: refused EACCES

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  for (const char* path :
       {"/etc/passwd", "/etc/shadow", "/etc/ssh", "/etc/hostname", "/root", "/home", "/var/log",
        "/var/lib", "/run", "/tmp", "/boot", "/dev", "/sys/class/net", "/sys/class/dmi",
        "/sys/fs/bpf", "/sys/kernel/debug", "/sys/kernel/security"}) {
    if (::access(path, F_OK) == 0) attempt(path, ::open(path, O_RDONLY));
  }
}
