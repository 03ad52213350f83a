// tries: to bring keys for terminals into the console by the name of a knob
//
// expect: no description

#include "tests/attacks/attack.h"

int main() {
  std::puts(
      "{\"version\": 2, \"knobs\": [{\"name\": \"\\u001b]52;c;eA==\\u0007\", \"path\": \"x\"}]}");
}
