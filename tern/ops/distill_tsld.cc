#include <algorithm>
#include <cmath>

#include "tern/ops/distillations.h"

namespace tern {
namespace {

constexpr float kTau = 10;  // of aiha-lab/TSLD

/// Tokens weigh by the softmax of the teacher's cross-entropy / tau over those that count. The
/// paper's loss is the cross-entropy between teacher and student, which differs from the divergence
/// by a constant of the teacher: the gradient is the same and an equal student has loss 0.
void tsld(const TeacherTokens& teacher, std::span<const int32_t> targets,
          std::vector<DivergenceWeights>& weights) {
  float hardest = 0;
  for (const float log_gold : teacher.log_gold) hardest = std::max(hardest, -log_gold);
  double sum = 0, count = 0;
  for (size_t n = 0; n < weights.size(); ++n) {
    weights[n] = {.forward = std::exp((-teacher.log_gold[n] - hardest) / kTau), .reverse = 0};
    if (targets[n] < 0) continue;
    sum += weights[n].forward;
    count += 1;
  }
  const auto scale = static_cast<float>(count > 0 ? count / sum : 0);
  for (DivergenceWeights& weight : weights) weight.forward *= scale;
}

const Register<DistillationKind> registration(
    distillations(), "tsld", tsld,
    "KL(teacher || student), more of it for tokens that the teacher finds hard",
    "TSLD, Kim et al. 2023, 2308.06744");

}  // namespace
}  // namespace tern
