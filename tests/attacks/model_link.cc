// tries: to have a file of the lab scored, or read, in the place of its own
//
// expect: no score is a link or no plain file

#include "tests/attacks/attack.h"

using namespace attack;

int main(int argc, char** argv) {
  const Place place(argc, argv);
  leave_model(place);
  ::unlink("model/model.safetensors");
  if (::symlink(place.in_lab("data/train.tokens").c_str(), "model/model.safetensors") != 0)
    return 1;
}
