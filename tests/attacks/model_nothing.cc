// tries: to be scored without a model
//
// expect: no score left no model

#include "tests/attacks/attack.h"

using namespace attack;

int main(int argc, char** argv) {
  const Place place(argc, argv);
  return place.run.empty() ? 1 : 0;
}
