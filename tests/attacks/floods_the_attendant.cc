// tries: to keep the attendant busy for ever with questions whose answers nobody reads
//
// expect: limit it ran longer than

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  begin();
  Windows windows;
  windows.use = 2;
  for (;;) say(windows.text());
}
