// tries: to train on the text that a start may look at, as much as there is
//
// expect: refused may look at 16384 tokens

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  begin();
  int64_t dealt = 0;
  for (int64_t position = 0; position < 200; ++position) {
    Windows windows;
    windows.use = 1;
    windows.position = position * 16;
    windows.B = 16;
    const Answer answer = ask(windows.text());
    if (answer.has("\"error\"")) refused(answer.body);
    if (!answer.data.empty()) dealt += 256;
  }
  if (dealt > 16384) reached(text_of("%lld tokens", static_cast<long long>(dealt)));
}
