#include "tern/model/ternary_weight.h"

#include "tern/model/ternary_weight_kind.h"

namespace tern {
namespace {

const RegisterArm quantizer_field({"quantizer", "",
                                   "how a ternary layer's weights are quantized and learn", ""});

}  // namespace

Registry<MakeTernaryWeight>& ternary_weights() {
  static Registry<MakeTernaryWeight> registry("quantizer");
  return registry;
}

void check_ternary_weight(const TernaryWeightOptions& options) {
  const GroupRule valid(options.rule);
  ternary_weights().at(options.quantizer);
  learned_inits().at(options.learned_init);
}

std::unique_ptr<TernaryWeight> make_ternary_weight(const std::string& name, const Tensor& weight,
                                                   Parameters& parameters,
                                                   const TernaryWeightOptions& options,
                                                   const QuantizerState& state) {
  check_ternary_weight(options);
  return ternary_weights().at(options.quantizer)({name, weight, parameters, options, state});
}

}  // namespace tern
