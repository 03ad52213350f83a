// tries: to have a hundred models scored, as an oracle of the text
//
// expect: nothing reached

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  begin();
  memory();
  int scored = 0;
  for (int request = 0; request < 100; ++request) {
    Evaluation evaluation;
    evaluation.last = request % 2 == 1;
    const Answer answer = ask(evaluation.text());
    scored += answer.has("\"scored\":true") ? 1 : 0;
    for (const char* figure : {"ppl", "loss", "bpb"}) {
      if (answer.has(figure)) reached(answer.body);
    }
  }
  if (scored == 0 || scored > 3) reached(text_of("%d scores", scored));
}
