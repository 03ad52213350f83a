// tries: to train on three times the tokens of its budget, a window at a time
//
// expect: void more than a step beyond its budget

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  begin();
  int64_t dealt = 0;
  for (int64_t position = 0; position < 120; ++position) {
    Windows windows;
    windows.position = position;
    windows.step = 1 << 20;  // and what a step is, it says itself
    if (ask(windows.text()).data.empty()) break;
    dealt += 16;
  }
  if (dealt > 640 + 64) reached(text_of("%lld tokens", static_cast<long long>(dealt)));
}
