// tries: to have a model of no numbers scored, and to bring its evaluator down by it
//
// expect: nothing reached

#include <sys/mman.h>

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  begin();
  const Answer made = memory();
  const auto bytes = static_cast<size_t>(made.number("bytes"));
  void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, made.file, 0);
  if (memory == MAP_FAILED) return 1;
  for (const int filling : {0xff, 0x7f, 0x01}) {
    std::memset(memory, filling, bytes);
    Evaluation evaluation;
    evaluation.last = true;
    const Answer answer = ask(evaluation.text());
    if (!answer.came) reached("the attendant has ended");
    if (answer.has("ppl")) reached(answer.body);
  }
}
