#include "tern/model/ternary_weight.h"

#include "tern/knobs/knobs.h"
#include "tern/model/ternary_weight_kind.h"

namespace tern {
Registry<MakeTernaryWeight>& ternary_weights() {
  static Registry<MakeTernaryWeight> registry("quantizer");
  return registry;
}

void TernaryWeightOptions::describe(Knobs& knobs) {
  knobs.add(TERN_KNOB(quantizer),
            {.name = "quantizer",
             .meaning = "how a ternary layer's weights are quantized and learn",
             .choices = ternary_weights().choices()});
  knobs.add(TERN_KNOB(rule), is(quantizer, "rule", "shift") ||
                                 (is(quantizer, "lsq", "elastic") && is(learned_init, "rule")));
  knobs.narrow(&rule.rounding, is(quantizer, "rule"));
  knobs.add(TERN_KNOB(group), {.name = "group",
                               .meaning = "consecutive weights of a row that share a scale",
                               .choices = Grouping::choices()});
  knobs.add(TERN_KNOB(learned_init), {.name = "learned_init",
                                      .meaning = "where learned scales start",
                                      .choices = learned_inits().choices(),
                                      .acts = is(quantizer, "lsq", "elastic")});
  knobs.add(TERN_KNOB(temperature),
            {.name = "temperature",
             .meaning = "hestia: softness of the codes until lambda's warm-up ends; from there a "
                        "cosine takes it down to 0",
             .tries = "0.2 0.36 0.5 1",
             .source = "Hestia, arXiv 2601.20745: between 0.1 and 2",
             .acts = is(quantizer, "hestia"),
             .bends_curve = true});
}

void TernaryWeightOptions::check() const {
  rule.check();
  ternary_weights().at(quantizer);
  learned_inits().at(learned_init);
  grouping();
  require_positive({{"temperature", temperature}});
}

std::unique_ptr<TernaryWeight> make_ternary_weight(const std::string& name, const Tensor& weight,
                                                   Parameters& parameters,
                                                   const TernaryWeightOptions& options,
                                                   const QuantizerState& state) {
  options.check();
  return ternary_weights().at(options.quantizer)({name, weight, parameters, options, state});
}

}  // namespace tern
