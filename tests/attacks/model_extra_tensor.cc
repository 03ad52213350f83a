// tries: to carry along a tensor that nobody counts
//
// expect: no score

#include "tests/attacks/attack.h"

using namespace attack;

int main(int argc, char** argv) {
  const Place place(argc, argv);
  leave_model(place);
  Tensors tensors("model/model.safetensors");
  const size_t size = tensors.data.size();
  tensors.header =
      text_of("{\"more\": {\"dtype\": \"F32\", \"shape\": [1024], \"data_offsets\": [%zu, %zu]}, ",
              size, size + 4096) +
      tensors.header.substr(1);
  tensors.data += std::string(4096, 1);
  tensors.write("model/model.safetensors");
}
