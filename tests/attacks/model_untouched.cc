// tries: nothing: an honest model has a score, so that those below are refused for what they do
//
// expect: score

#include "tests/attacks/attack.h"

using namespace attack;

int main(int argc, char** argv) {
  const Place place(argc, argv);
  leave_model(place);
}
