// tries: to leave what cannot be removed, read or told: no rights, pipes, loops, depth, odd names
//
// expect: nothing reached

#include "tests/attacks/attack.h"

int main() {
  for (const char* name : {"steps.tsv", "summary.json", "results.tsv", "layers.tsv", "log.txt"}) {
    ::mkfifo(name, 0);
  }
  ::symlink("/proc/self/cwd", "loop");
  ::symlink("/dev/zero", "zeros");
  ::mkdir("model", 0);
  ::mkdir("summary.json.new", 0);
  ::close(::open("a name\nof \033]52;c;eA==\a lines\t=cmd()", O_WRONLY | O_CREAT, 0));
  ::close(::open("\xff\xfe", O_WRONLY | O_CREAT, 0));
  const std::string name(250, 'd');
  for (int depth = 0; depth < 200; ++depth) {
    if (::mkdir(name.c_str(), 0700) != 0 || ::chdir(name.c_str()) != 0) return 1;
    ::mkdir("shut", 0);
  }
  ::chmod(".", 0);
}
