// tries: to have numbers read that lie beyond the end of its file
//
// expect: no score

#include "tests/attacks/attack.h"

using namespace attack;

int main(int argc, char** argv) {
  const Place place(argc, argv);
  leave_model(place);
  Tensors tensors("model/model.safetensors");
  tensors.data.resize(tensors.data.size() / 2);
  tensors.write("model/model.safetensors");
}
