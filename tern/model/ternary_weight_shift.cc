#include "tern/model/ternary_weight_learned.h"

namespace tern {
namespace {

/// TernaryLLM's dual learnable ternarization. Codes come from w / scale as in AngelSlim's program;
/// the shift, which starts at 0, moves the levels and not the thresholds.
std::unique_ptr<TernaryWeight> make(const TernaryWeightSource& source) {
  using Learned = LearnedTernaryWeight;
  return std::make_unique<Learned>(source, kLearnedStepSize, Learned::Shifts::learned,
                                   Learned::Start::rule);
}

const Register<TernaryWeightKind> registration(ternary_weights(), "shift", {check_learned, make},
                                               "learned scale and shift of each group",
                                               "TernaryLLM, arXiv 2406.07177");

}  // namespace
}  // namespace tern
