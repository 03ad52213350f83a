// tries: to have the teacher's answers for windows that were never dealt to it
//
// expect: refused once its text was dealt

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  begin();
  const Answer opened = ask(
      R"({"ask": "teacher", "length": 16, "top_k": 32, "temperature": 1, "hidden_blocks": [], "attention_block": -1})");
  if (opened.number("windows") < 10) reached("no teacher, so this shows nothing: " + opened.body);
  Windows looked;  // at text before training, which is no training
  looked.use = 1;
  ask(looked.text());
  for (int window = -1; window < 25; ++window) {
    expect_error("record", ask(text_of(R"({"ask": "record", "window": %d})", window)));
  }
}
