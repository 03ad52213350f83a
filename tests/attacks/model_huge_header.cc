// tries: to make the evaluator take memory by announcing a header of any size
//
// expect: no score

#include "tests/attacks/attack.h"

using namespace attack;

int main(int argc, char** argv) {
  const Place place(argc, argv);
  leave_model(place);
  Tensors("model/model.safetensors").write("model/model.safetensors", uint64_t{1} << 62);
}
