// tries: to have scored what makes no sense: windows of any length, any quantization, no memory
//
// expect: refused

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  begin();
  expect_error("no memory", ask(Evaluation{}.text()));
  memory();
  for (const int64_t T : {int64_t{0}, int64_t{-1}, int64_t{1} << 40, int64_t{100000}}) {
    Evaluation evaluation;
    evaluation.T = T;
    expect_error("T", ask(evaluation.text()));
  }
  for (const char* words :
       {R"("group": "0")", R"("group": "-5")", R"("group": "1e9")", R"("activation_bits": 1)",
        R"("activation_bits": -9)", R"("hadamard": 3)", R"("hadamard": -2)",
        R"("activation_scale": "none")", R"("activation_norm": "x")", R"("activation_clip": -1)",
        R"("embedding_bits": 3)", R"("dense_blocks": "all")", R"("bits": 9)"}) {
    Evaluation evaluation;
    evaluation.quantization =
        text_of(R"({"quant_method": "tern", "format_version": 2, %s%s})",
                std::strstr(words, "group") ? "" : R"("group": "32", )", words);
    expect_error(words, ask(evaluation.text()));
  }
  if (!memory().came) reached("the attendant has ended");
}
