#include "tern/model/dead_bias.h"

#include "tern/knobs/knobs.h"

namespace tern {
namespace {

std::unique_ptr<DeadBias> make_none(Parameters&, const std::string&, float) { return nullptr; }

const Register<MakeDeadBias> none(dead_biases(), "none", make_none, "no bias", "");

}  // namespace

Registry<MakeDeadBias>& dead_biases() {
  static Registry<MakeDeadBias> registry("dead_bias");
  return registry;
}

void DeadWeightOptions::describe(Knobs& knobs) {
  knobs.add(TERN_KNOB(bias), {.name = "dead_bias",
                              .meaning = "a bias of each output in place of its dead weights",
                              .choices = dead_biases().choices()});
  knobs.add(TERN_KNOB(bias_scale),
            {.name = "dead_bias_scale",
             .meaning = "share of the dead weights' sum that becomes tequila's bias, at first",
             .tries = "1e-3 1e-2 1e-1",
             .source = "Tequila, arXiv 2509.23809: 1e-3",
             .acts = is(bias, "tequila", "tequila-learned")});
  knobs.add(TERN_KNOB(gradient),
            {.name = "dead_gradient",
             .meaning = "factor of the gradient of dead weights, reached as lambda rises; learned "
                        "scales and shifts keep theirs",
             .tries = "1 2 4"});
  knobs.add(TERN_KNOB(reactivate),
            {.name = "reactivate",
             .meaning = "lift the largest dead weights of layers with too many zeros to the "
                        "threshold, once lambda is 1",
             .acts = is(named("pattern"), "none") && is(named("rounding"), "nearest")});
  knobs.add(TERN_KNOB(reactivate_above),
            {.name = "reactivate_above",
             .meaning = "share of zeros that is too many; of normal weights, absmean has 0.31 and "
                        "TWN 0.42",
             .tries = "0.35 0.4 0.5",
             .acts = is(reactivate, true)});
  knobs.add(TERN_KNOB(reactivate_every), {.name = "reactivate_every",
                                          .meaning = "steps between looks at the share of zeros",
                                          .acts = is(reactivate, true)});
}

void DeadWeightOptions::check() const {
  dead_biases().at(bias);
  require_positive({{"dead_gradient", gradient}});
  tern::check(reactivate_every > 0, "--reactivate-every must be 1 or more, found {}",
              reactivate_every);
  tern::check(reactivate_above > 0 && reactivate_above < 1,
              "--reactivate-above must lie between 0 and 1, found {}", reactivate_above);
}

void DeadWeightOptions::check_with(const TernaryWeightOptions& weights) const {
  const GroupRuleOptions& rule = weights.rule;
  tern::check(
      weights.quantizer != "hestia" || !bias.starts_with("tequila"),
      "--dead-bias {} counts weights a second time while --quantizer hestia is soft: choose "
      "one",
      bias);
  tern::check(
      !reactivate || (rule.zeros == 0 && rule.pattern == "none" && rule.rounding == "nearest"),
      "--reactivate needs a threshold to wake weights at: no --zeros, --pattern, --rounding");
}

}  // namespace tern
