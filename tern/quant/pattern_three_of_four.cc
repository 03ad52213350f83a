#include <algorithm>
#include <cmath>

#include "tern/quant/group_rule_parts.h"
#include "tern/quant/quantizer.h"

namespace tern {
namespace {

/// Of each four consecutive weights the smallest becomes 0, of equal ones the first; so too of the
/// one to three at the end of a short group. All others get their sign.
void three_of_four(const float* w, int64_t n, int8_t* codes) {
  threshold_codes(w, n, 0.0f, codes);
  int64_t i = 0;
  for (; i + 4 <= n; i += 4) {
    const float a = std::abs(w[i]), b = std::abs(w[i + 1]);
    const float c = std::abs(w[i + 2]), d = std::abs(w[i + 3]);
    // The place of the smallest as arithmetic on comparisons, which vectorises.
    const int second = b < a, fourth = d < c;
    const int later = (fourth ? d : c) < (second ? b : a);
    codes[i] = static_cast<int8_t>(codes[i] & -(later | second));
    codes[i + 1] = static_cast<int8_t>(codes[i + 1] & -(later | (second ^ 1)));
    codes[i + 2] = static_cast<int8_t>(codes[i + 2] & -((later ^ 1) | fourth));
    codes[i + 3] = static_cast<int8_t>(codes[i + 3] & -((later ^ 1) | (fourth ^ 1)));
  }
  if (i == n) return;
  const float* smallest =
      std::min_element(w + i, w + n, [](float a, float b) { return std::abs(a) < std::abs(b); });
  codes[smallest - w] = 0;
}

const Register<GroupPattern> registration(group_patterns(), "3:4",
                                          {.choose = three_of_four, .unit = 4},
                                          "three of each four consecutive weights",
                                          "Sherry, arXiv 2601.07892, with --level least-squares");

}  // namespace
}  // namespace tern
