// tries: to be dealt far more than its budget in one batch, as if that were a step
//
// expect: void more than a step beyond its budget

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  begin();
  Windows windows;
  windows.B = 4000;
  windows.step = windows.B * windows.T;
  const Answer dealt = ask(windows.text());
  if (!dealt.data.empty()) reached(text_of("%zu bytes of text", dealt.data.size()));
}
