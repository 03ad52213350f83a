#include "tern/model/start.h"

namespace tern {
namespace {

const RegisterArm field({"start", "", "the weights that ternary training starts from", ""});

void leave_as_they_are(Llama&, std::span<const int32_t>, int64_t, Grouping, const GroupRule&) {}

const Register<Start> rounding(starts(), "rounding", leave_as_they_are,
                               "the full-precision weights, plainly rounded", "");

}  // namespace

Registry<Start>& starts() {
  static Registry<Start> registry("start");
  return registry;
}

}  // namespace tern
