// tries: to find the harness and its attendant in /proc: environment, memory, files, command line
//
// expect: refused

#include <dirent.h>

#include "tests/attacks/attack.h"

using namespace attack;

int main(int argc, char** argv) {
  const Place place(argc, argv);
  const std::string harness = text_of("/proc/%d/", place.harness);
  for (const char* name :
       {"environ", "mem", "maps", "fd/0", "cwd/.", "root/etc/passwd", "exe", "io"}) {
    for (const std::string& process : {harness, std::string("/proc/1/")}) {
      char byte;
      const int file = ::open((process + name).c_str(), O_RDONLY);
      attempt(process + name, file < 0 ? -1 : ::read(file, &byte, 1));
    }
  }
  DIR* all = ::opendir("/proc");
  while (const dirent* entry = all ? ::readdir(all) : nullptr) {
    if (std::atoi(entry->d_name) == 0) continue;
    const std::string environment = read_text(std::string("/proc/") + entry->d_name + "/environ");
    if (environment.find("TERN_ATTACK_SECRET") != std::string::npos) reached("the environment");
  }
  if (std::getenv("TERN_ATTACK_SECRET") != nullptr) reached("the environment, inherited");
}
