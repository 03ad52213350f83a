#include "tern/model/dead_bias.h"

namespace tern {
namespace {

const RegisterArm field({"dead_bias", "", "a bias of each output in place of its dead weights",
                         ""});
const RegisterArm scale({"dead_bias_scale", "",
                         "share of the dead weights' sum that becomes tequila's bias, at first",
                         "Tequila, arXiv 2509.23809: 1e-3", "dead_bias: tequila tequila-learned"});

const RegisterArm gradient({"dead_gradient", "",
                            "factor of the gradient of dead weights, reached as lambda rises; "
                            "learned scales and shifts keep theirs",
                            ""});

std::unique_ptr<DeadBias> make_none(Parameters&, const std::string&, float) { return nullptr; }

const Register<MakeDeadBias> none(dead_biases(), "none", make_none, "no bias", "");

}  // namespace

Registry<MakeDeadBias>& dead_biases() {
  static Registry<MakeDeadBias> registry("dead_bias");
  return registry;
}

}  // namespace tern
