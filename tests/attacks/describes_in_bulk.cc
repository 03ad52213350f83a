// tries: to fill the loop with a description of any size
//
// expect: no description

#include "tests/attacks/attack.h"

int main() {
  std::printf("{\"version\": 2, \"knobs\": [");
  for (int i = 0; i < 40'000; ++i) std::printf("{\"name\": \"%0200d\"},", i);
}
