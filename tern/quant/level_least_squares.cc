#include "tern/quant/group_rule_parts.h"
#include "tern/quant/least_squares.h"

namespace tern {
namespace {

float least_squares(const float* w, int64_t n, int8_t* codes) {
  return least_squares_level(w, n, codes);
}

const Register<GroupLevel> registration(group_levels(), "least-squares", least_squares,
                                        "mean of |w| over nonzero codes: the least squared error",
                                        "TWN, arXiv 1605.04711, with --threshold 0.7");

}  // namespace
}  // namespace tern
