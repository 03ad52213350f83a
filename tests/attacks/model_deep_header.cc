// tries: to bring the evaluator down with JSON of a million brackets
//
// expect: no score nested

#include "tests/attacks/attack.h"

using namespace attack;

int main(int argc, char** argv) {
  const Place place(argc, argv);
  leave_model(place);
  Tensors tensors("model/model.safetensors");
  tensors.header = std::string(1 << 20, (char)91);
  tensors.write("model/model.safetensors");
}
