#include "tern/quant/absmean.h"
#include "tern/quant/group_rule_parts.h"

namespace tern {
namespace {

const Register<GroupScale> registration(group_scales(), "absmean", absmean, "mean of |w|",
                                        "BitNet b1.58, arXiv 2402.17764");

}  // namespace
}  // namespace tern
