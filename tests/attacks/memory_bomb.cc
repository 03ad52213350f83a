// tries: to take more memory than it may, over several processes
//
// expect: limit of memory; the limit is

#include <sys/mman.h>

#include "tests/attacks/attack.h"

int main() {
  for (int process = 0; process < 4; ++process) {
    if (::fork() == 0) break;
  }
  for (int piece = 0; piece < 64; ++piece) {
    void* memory =
        ::mmap(nullptr, 4 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    std::memset(memory, 1, 4 << 20);
    ::usleep(5000);
  }
  ::sleep(60);
}
