// tries: to keep the evaluator waiting at a pipe
//
// expect: no score is a link or no plain file

#include "tests/attacks/attack.h"

using namespace attack;

int main(int argc, char** argv) {
  const Place place(argc, argv);
  leave_model(place);
  ::unlink("model/config.json");
  if (::mkfifo("model/config.json", 0644) != 0) return 1;
}
