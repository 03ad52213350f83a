#include <cmath>

#include "tern/ops/distillations.h"

namespace tern {
namespace {

/// BitDistiller weighs by one number, the mean of the teacher's probability of the text's tokens
/// over the data, which its program estimates before training; here it is the mean over the batch.
void cakld(const TeacherTokens& teacher, std::span<const int32_t> targets,
           std::vector<DivergenceWeights>& weights) {
  double sum = 0, count = 0;
  for (size_t n = 0; n < targets.size(); ++n) {
    if (targets[n] < 0) continue;
    sum += std::exp(double{teacher.log_gold[n]});
    count += 1;
  }
  const auto confidence = static_cast<float>(count > 0 ? sum / count : 0);
  for (DivergenceWeights& weight : weights) {
    weight = {.forward = 1 - confidence, .reverse = confidence};
  }
}

void cakld_token(const TeacherTokens& teacher, std::span<const int32_t>,
                 std::vector<DivergenceWeights>& weights) {
  for (size_t n = 0; n < weights.size(); ++n) {
    const float confidence = std::exp(teacher.log_gold[n]);
    weights[n] = {.forward = 1 - confidence, .reverse = confidence};
  }
}

const Register<DistillationKind> batch(
    distillations(), "cakld", cakld,
    "c KL(student || teacher) + (1 - c) KL(teacher || student), c the teacher's mean probability "
    "of the text",
    "BitDistiller, Du et al. 2024, 2402.10631");
const Register<DistillationKind> token(
    distillations(), "cakld-token", cakld_token,
    "the same with a c for each token: the teacher's probability of that token",
    "Tencent/AngelSlim; differs from BitDistiller's paper");

}  // namespace
}  // namespace tern
