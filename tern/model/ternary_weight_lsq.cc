#include "tern/model/ternary_weight_learned.h"

namespace tern {
namespace {

std::unique_ptr<TernaryWeight> make(const TernaryWeightSource& source) {
  using Learned = LearnedTernaryWeight;
  return std::make_unique<Learned>(source, kLearnedStepSize, Learned::Shifts::none,
                                   Learned::Start::rule);
}

const Register<TernaryWeightKind> registration(ternary_weights(), "lsq", {check_learned, make},
                                               "learned scale of each group, threshold half of it",
                                               "LSQ, arXiv 1902.08153");

}  // namespace
}  // namespace tern
