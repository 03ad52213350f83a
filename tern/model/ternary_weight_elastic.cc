#include "tern/model/ternary_weight_learned.h"

namespace tern {
namespace {

void check_options(const TernaryWeightOptions& options) {
  check_learned(options);
  check(
      options.learned_init != "method" || options.rule == GroupRuleOptions(),
      "--quantizer elastic starts at the largest |w|, so --scale, --threshold and --level have no "
      "effect: leave them at their defaults, or set --learned-init rule");
}

std::unique_ptr<TernaryWeight> make(const TernaryWeightSource& source) {
  using Learned = LearnedTernaryWeight;
  return std::make_unique<Learned>(source, kStretchedElastic, Learned::Shifts::none,
                                   Learned::Start::absmax);
}

const Register<TernaryWeightKind> registration(
    ternary_weights(), "elastic", {check_options, make},
    "learned range a of each group, levels 0 and +-2/3 a", "ParetoQ, arXiv 2502.02631");

}  // namespace
}  // namespace tern
