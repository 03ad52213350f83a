// tries: to fill the disk through the attendant, by ending again and again
//
// expect: nothing reached

#include <sys/mman.h>

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  begin();
  memory();
  Evaluation evaluation;
  evaluation.last = true;
  ask(evaluation.text());
  const std::string keys = R"(\u001b]52;c;cm0gLXJm\u0007\u001b[2J\u202e)";
  const std::string name(100'000, 'x');
  int ended = 0;
  for (int request = 0; request < 100; ++request) {
    const Answer answer =
        ask(R"({"ask": "end", "summary": {"version": 2, "model": ")" + keys + name + "\"}}");
    ended += answer.came && !answer.has("error") ? 1 : 0;
  }
  if (ended != 1) reached(text_of("ended %d times", ended));
}
