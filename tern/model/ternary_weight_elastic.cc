#include "tern/model/ternary_weight_learned.h"
#include "tern/quant/absmax.h"

namespace tern {
namespace {

std::unique_ptr<TernaryWeight> make(const TernaryWeightSource& source) {
  return std::make_unique<LearnedTernaryWeight>(source, kStretchedElastic, absmax);
}

const Register<MakeTernaryWeight> registration(
    ternary_weights(), "elastic", make, "learned range a of each group, levels 0 and +-2/3 a",
    "ParetoQ, arXiv 2502.02631");

}  // namespace
}  // namespace tern
