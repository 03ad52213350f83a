// tries: to be dealt all text at once, and to train on it for as long as it likes
//
// budget: 0.2 seconds
//
// expect: void more than a step beyond

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  begin();
  Windows windows;
  windows.B = 100;
  ask(windows.text());
  ::usleep(2'000'000);  // of training
  memory();
  Evaluation evaluation;
  evaluation.last = true;
  ask(evaluation.text());
}
