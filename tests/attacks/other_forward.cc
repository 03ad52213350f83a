// tries: to be judged by another model than the one that it trains
//
// expect: refused does not compute what their effective() says

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  begin();
  memory();
  for (const double loss : {1.0, 5.0, -1e300, 1e300}) {
    Evaluation evaluation;
    evaluation.own_loss = loss;
    expect_error("another loss", ask(evaluation.text()));
  }
}
