// tries: to be taken for ternary by a word in its configuration, over the full-precision weights
//
// expect: no score

#include "tests/attacks/attack.h"

using namespace attack;

int main(int argc, char** argv) {
  const Place place(argc, argv);
  leave_model(place);
  write_text("model/model.safetensors", read_text(place.in_lab("model/model.safetensors")));
}
