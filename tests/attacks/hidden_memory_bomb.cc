// tries: to take memory that no count of resident pages shows: shared, filled and let go
//
// expect: refused

#include <sys/mman.h>

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  constexpr size_t kBytes = 512 << 20;  // the limit is 256 MiB
  const auto hide = [](const char* what, int flags, int file) {
    void* memory = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, flags, file, 0);
    attempt(what, memory == MAP_FAILED ? -1 : 0);
    if (memory == MAP_FAILED) return;
    for (size_t at = 0; at < kBytes; at += 16 << 20) {
      std::memset(static_cast<char*>(memory) + at, 1, 16 << 20);
      ::madvise(static_cast<char*>(memory) + at, 16 << 20, MADV_DONTNEED);
    }
  };
  hide("shared", MAP_SHARED | MAP_ANONYMOUS, -1);
  hide("shared, checked", 3 | MAP_ANONYMOUS, -1);
  hide("of the device of zeros", MAP_SHARED, ::open("/dev/zero", O_RDWR));
}
