// tries: to say itself how good it is: in its output, its summary and its rows
//
// expect: no summary

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  const std::string summary =
      R"({"version": 2, "eval_ppl": 1.01, "eval_bpb": 0.01, "best_ppl": 1.01, "steps": 8, "tokens": 8})";
  write_text("summary.json", summary);
  write_text("results.tsv", "step\teval_ppl\n8\t1.01\n");
  std::printf("---\neval_ppl: 1.01\nval_ppl: 1.01\n%s\n", summary.c_str());
  begin();
  expect_error("end", ask(R"({"ask": "end", "summary": )" + summary + "}"));
}
