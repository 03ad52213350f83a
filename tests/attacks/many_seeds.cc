// tries: to have the text opened in thousands of orders, each of which takes memory and files
//
// expect: refused

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  begin();
  for (int64_t seed = 1; seed < 40; ++seed) {
    Windows windows;
    windows.seed = seed;
    const Answer answer = ask(windows.text());
    if (answer.has("\"error\"")) refused(answer.body);
    if (seed > 1 && !answer.data.empty()) reached("a second order");
  }
}
