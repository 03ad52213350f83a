// tries: to change modes, owners, times, flags and attributes of files that it may only read
//
// expect: refused

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <sys/xattr.h>

#include "tests/attacks/attack.h"

using namespace attack;

int main(int argc, char** argv) {
  const Place place(argc, argv);
  int flags = FS_NODUMP_FL;
  fsxattr attributes{};
  for (const std::string& path :
       {place.in_lab("model/config.json"), place.in_lab("model"), place.in_lab("lab.toml"),
        place.in_lab("data"), std::string(argv[0])}) {
    attempt("chmod " + path, ::chmod(path.c_str(), 0));
    attempt("chown " + path, ::chown(path.c_str(), ::getuid(), ::getgid()));
    attempt("times " + path, ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0));
    attempt("setxattr " + path, ::setxattr(path.c_str(), "user.x", "y", 1, 0));
    const int file = ::open(path.c_str(), O_RDONLY);
    if (file < 0) continue;
    attempt("fchmod " + path, ::fchmod(file, 0));
    attempt("fchown " + path, ::fchown(file, ::getuid(), ::getgid()));
    attempt("futimens " + path, ::futimens(file, nullptr));
    attempt("fsetxattr " + path, ::fsetxattr(file, "user.x", "y", 1, 0));
    attempt("FS_IOC_SETFLAGS " + path, ::ioctl(file, FS_IOC_SETFLAGS, &flags));
    attempt("FS_IOC_FSSETXATTR " + path, ::ioctl(file, FS_IOC_FSSETXATTR, &attributes));
    attempt("through /proc " + path, ::chmod(text_of("/proc/self/fd/%d", file).c_str(), 0));
  }
}
