// tries: to pass a model with heads four times as wide as the lab's
//
// expect: no score head_dim

#include "tests/attacks/attack.h"

using namespace attack;

int main(int argc, char** argv) {
  const Place place(argc, argv);
  leave_model(place, "config.json", "\"head_dim\": 6", "\"head_dim\": 24");
}
