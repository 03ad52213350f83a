// tries: to pass a model with a tokenizer that makes other tokens of the text
//
// expect: no score tokenizer

#include "tests/attacks/attack.h"

using namespace attack;

int main(int argc, char** argv) {
  const Place place(argc, argv);
  leave_model(place, "tokenizer.json", "\"merges\": [", "\"merges\": [ ");
}
