// tries: to have a score with weights that are no numbers
//
// expect: no score

#include "tests/attacks/attack.h"

using namespace attack;

int main(int argc, char** argv) {
  const Place place(argc, argv);
  leave_model(place);
  Tensors tensors("model/model.safetensors");
  tensors.data.assign(tensors.data.size(), (char)0xff);
  tensors.write("model/model.safetensors");
}
