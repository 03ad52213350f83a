// tries: to have another model scored as its own
//
// expect: no score is no folder

#include "tests/attacks/attack.h"

using namespace attack;

int main(int argc, char** argv) {
  const Place place(argc, argv);
  if (::symlink(place.packed.c_str(), "model") != 0) return 1;
}
