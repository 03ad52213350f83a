// tries: to bring the attendant down with JSON of a million brackets, and with what is no JSON
//
// expect: nothing reached

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  begin();
  // A message that cannot be read ends the attendant, and by that the run: it tells nothing more.
  const Answer answer = ask(std::string(1 << 20, '['));
  if (answer.came && !answer.has("error")) reached(answer.body);
}
