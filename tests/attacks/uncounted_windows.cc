// tries: to train on windows that are dealt to compare models by, which nobody counts
//
// expect: refused compared on

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  begin();
  int dealt = 0;
  for (int64_t seed = 1; seed < 50; ++seed) {
    for (const int64_t T : {16, 8, 12}) {
      Windows windows;
      windows.use = 2;
      windows.seed = seed;
      windows.T = T;
      const Answer answer = ask(windows.text());
      if (answer.has("\"error\"")) refused(answer.body);
      dealt += answer.data.empty() ? 0 : 1;
    }
  }
  if (dealt != 1) reached(text_of("%d windows", dealt));
}
