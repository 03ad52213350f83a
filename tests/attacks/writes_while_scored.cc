// tries: to change the model while it is scored
//
// expect: nothing reached

#include <pthread.h>
#include <sys/mman.h>

#include "tests/attacks/attack.h"

using namespace attack;

namespace {
char* at = nullptr;
size_t bytes = 0;
}  // namespace

int main() {
  begin();
  const Answer made = memory();
  bytes = static_cast<size_t>(made.number("bytes"));
  at = static_cast<char*>(::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, made.file, 0));
  if (at == MAP_FAILED) return 1;
  pthread_t thread;
  const auto scribble = [](void*) -> void* {
    for (unsigned round = 0;; ++round) std::memset(at, static_cast<int>(round), bytes);
  };
  pthread_create(&thread, nullptr, scribble, nullptr);
  for (int request = 0; request < 20; ++request) {
    if (!ask(Evaluation{}.text()).came) reached("the attendant has ended");
  }
}
