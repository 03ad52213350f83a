#include "tern/model/ternary_weight_learned.h"
#include "tern/quant/absmean.h"

namespace tern {
namespace {

/// The paper's 2 mean|w| / sqrt(Qp), with Qp = 1.
float start(const float* w, int64_t n) { return 2 * absmean(w, n); }

std::unique_ptr<TernaryWeight> make(const TernaryWeightSource& source) {
  return std::make_unique<LearnedTernaryWeight>(source, kLearnedStepSize, start);
}

const Register<MakeTernaryWeight> registration(ternary_weights(), "lsq", make,
                                               "learned scale of each group, threshold half of it",
                                               "LSQ, arXiv 1902.08153");

}  // namespace
}  // namespace tern
