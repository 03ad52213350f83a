// tries: to pass the full-precision model as its own
//
// expect: no score not ternary

#include "tests/attacks/attack.h"

using namespace attack;

int main(int argc, char** argv) {
  const Place place(argc, argv);
  const std::string full = place.in_lab("model/");
  ::mkdir("model", 0755);
  for (const std::string name : {"config.json", "tokenizer.json", "model.safetensors"}) {
    write_text("model/" + name, read_text(full + name));
  }
}
