#include "tern/quant/absmax.h"
#include "tern/quant/group_rule_parts.h"

namespace tern {
namespace {

const Register<GroupScale> registration(group_scales(), "absmax", absmax, "largest |w|",
                                        "llama.cpp's TQ1_0 and TQ2_0");

}  // namespace
}  // namespace tern
