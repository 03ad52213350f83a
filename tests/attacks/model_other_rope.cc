// tries: to pass a model with another base of its rotations
//
// expect: no score rope

#include "tests/attacks/attack.h"

using namespace attack;

int main(int argc, char** argv) {
  const Place place(argc, argv);
  leave_model(place, "config.json", "\"rope_theta\": ", "\"rope_theta\": 9");
}
