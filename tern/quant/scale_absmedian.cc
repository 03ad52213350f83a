#include <cmath>

#include "tern/quant/group_rule_parts.h"
#include "tern/quant/rank_select.h"

namespace tern {
namespace {

/// The median of |w|; of an even number the lower of the two in the middle, as torch.median, which
/// the authors use.
float absmedian(const float* w, int64_t n) { return magnitude_of_rank(w, n, (n + 1) / 2); }

const Register<GroupScale> registration(group_scales(), "absmedian", absmedian, "median of |w|",
                                        "BitNet b1.58 Reloaded, arXiv 2407.09527");

}  // namespace
}  // namespace tern
