// tries: to fill the machine with threads
//
// expect: limit processes and threads at once

#include <pthread.h>

#include "tests/attacks/attack.h"

int main() {
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 16384);
  for (int made = 0; made < 9000; ++made) {
    pthread_t thread;
    const auto rest = [](void*) -> void* {
      ::sleep(60);
      return nullptr;
    };
    if (pthread_create(&thread, &small, rest, nullptr) != 0) ::usleep(1000);
  }
  ::sleep(60);
}
