#include "tern/ops/head_distillation.h"

#include <numeric>

#include "tern/kernels/distillation.h"
#include "tern/ops/head_chunks.h"

namespace tern {
namespace {

void check_teacher(const TeacherTokens& teacher, int64_t N, int64_t V) {
  check(teacher.rows() == N, "head_distillation: the teacher speaks of {} tokens, found {}",
        teacher.rows(), N);
  check(teacher.k >= 1 && teacher.k <= V && std::ssize(teacher.ids) == N * teacher.k,
        "head_distillation: {} tokens of the teacher do not fit a vocabulary of {}", teacher.k, V);
  for (const int32_t id : teacher.ids) {
    check(id >= 0 && id < V,
          "head_distillation: the teacher's token {} is outside the student's vocabulary of {}; "
          "both have to share a tokenizer",
          id, V);
  }
}

/// Weights of the tokens' losses such that their sum is `weight` times the mean.
std::vector<kernels::TokenWeights> token_weights(const TeacherTokens& teacher,
                                                 std::span<const int32_t> targets,
                                                 const std::string& kind, float mix, float weight) {
  const DistillationKind fill = distillations().at(kind);
  check(fill != nullptr, "head_distillation: --distill none is head_cross_entropy");
  std::vector<DivergenceWeights> divergences(targets.size());
  fill(teacher, targets, divergences);
  const float scale = weight / static_cast<float>(std::max<int64_t>(counted_rows(targets), 1));
  std::vector<kernels::TokenWeights> out;
  out.reserve(targets.size());
  for (const DivergenceWeights& w : divergences) {
    out.push_back({scale * (1 - mix), scale * mix * w.forward, scale * mix * w.reverse});
  }
  return out;
}

}  // namespace

Tensor head_distillation(const Tensor& x, const Tensor& w, std::span<const int32_t> targets,
                         const TeacherTokens& teacher, const std::string& kind, float mix,
                         float weight) {
  const Zone zone("head");
  check_head_arguments(x, w, targets);
  check_teacher(teacher, x.rows(), w.dim(0));
  check(mix >= 0 && mix <= 1, "--distill-mix must be between 0 and 1, found {}", mix);
  const auto weights = token_weights(teacher, targets, kind, mix, weight);
  const kernels::TeacherView view = {teacher.k, teacher.ids.data(),
                                     teacher.log_probabilities.data(), teacher.log_rest.data()};
  std::vector<float> losses(targets.size());
  Tensor dx;
  for_float_type("head", x.dtype(), [&]<class T>() {
    const auto loss = [&](int64_t begin, auto logits, auto chunk_targets,
                          kernels::Matrix<T> dlogits) {
      const Zone inner("distillation");
      kernels::distillation_fwd_bwd<T>(logits, chunk_targets, view.from(begin), teacher.temperature,
                                       weights.data() + begin, losses.data() + begin, dlogits);
    };
    if (Tape::current() == nullptr) {
      for_each_head_chunk<T>(x, w, targets, [&](int64_t begin, auto logits, auto chunk_targets) {
        loss(begin, logits, chunk_targets, {});
      });
    } else {
      dx = Tensor::empty(x.shape(), x.dtype());
      const Tensor dw = w.requires_grad() ? gradient(w) : Tensor();
      head_loss_and_gradients<T>(x, w, targets, dx, dw, loss);
    }
  });
  const double sum = std::accumulate(losses.begin(), losses.end(), 0.0);
  const Tensor loss = Tensor::scalar(static_cast<float>(sum));
  record_head_loss("head_distillation", loss, x, w, dx);
  return loss;
}

}  // namespace tern
