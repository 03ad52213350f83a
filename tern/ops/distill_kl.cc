#include "tern/ops/distillations.h"

namespace tern {
namespace {

void forward_kl(const TeacherTokens&, std::span<const int32_t>,
                std::vector<DivergenceWeights>& weights) {
  for (DivergenceWeights& weight : weights) weight = {.forward = 1, .reverse = 0};
}

void reverse_kl(const TeacherTokens&, std::span<const int32_t>,
                std::vector<DivergenceWeights>& weights) {
  for (DivergenceWeights& weight : weights) weight = {.forward = 0, .reverse = 1};
}

const Register<DistillationKind> none(distillations(), "none", nullptr,
                                      "plain cross-entropy with the text", "");
const Register<DistillationKind> forward(
    distillations(), "forward-kl", forward_kl,
    "KL(teacher || student): covers all that the teacher gives",
    "Hinton, Vinyals and Dean 2015, 1503.02531");
const Register<DistillationKind> reverse(
    distillations(), "reverse-kl", reverse_kl,
    "KL(student || teacher): keeps to what the teacher prefers",
    "MiniLLM, Gu et al. 2023, 2306.08543");

}  // namespace

Registry<DistillationKind>& distillations() {
  static Registry<DistillationKind> registry("distill");
  return registry;
}

}  // namespace tern
