#include "tern/model/ternary_weight.h"

#include "tern/model/ternary_weight_kind.h"

namespace tern {
namespace {

const RegisterArm quantizer_field({"quantizer", "",
                                   "how a ternary layer's weights are quantized and learn", ""});

}  // namespace

Registry<TernaryWeightKind>& ternary_weights() {
  static Registry<TernaryWeightKind> registry("quantizer");
  return registry;
}

void check_nothing_learned(const TernaryWeightOptions& options) {
  check(options.learned_init == TernaryWeightOptions().learned_init,
        "--quantizer {} learns no scale, so --learned-init has no effect: leave it at {}, found {}",
        options.quantizer, TernaryWeightOptions().learned_init, options.learned_init);
}

void check_ternary_weight(const TernaryWeightOptions& options) {
  const GroupRule valid(options.rule);
  ternary_weights().at(options.quantizer).check(options);
}

std::unique_ptr<TernaryWeight> make_ternary_weight(const std::string& name, const Tensor& weight,
                                                   Parameters& parameters,
                                                   const TernaryWeightOptions& options,
                                                   const QuantizerState& state) {
  check_ternary_weight(options);
  return ternary_weights().at(options.quantizer).make({name, weight, parameters, options, state});
}

}  // namespace tern
