#pragma once

#include <cstdint>
#include <span>

#include "tern/base/bf16.h"
#include "tern/kernels/view.h"

namespace tern::kernels {

/// A teacher's distribution over k + 1 outcomes for each of N tokens: its k likeliest and, as one
/// outcome, all others. Logarithms at the loss's temperature, finite; they sum to 1 as
/// probabilities. With k = V there are no others and log_rest is not read.
struct TeacherView {
  int64_t k = 0;
  const int32_t* ids = nullptr;              // (N, k), distinct
  const float* log_probabilities = nullptr;  // (N, k)
  const float* log_rest = nullptr;           // (N)

  TeacherView from(int64_t n) const {
    return {k, ids + n * k, log_probabilities + n * k, log_rest + n};
  }
};

/// How much of each loss a token's has.
struct TokenWeights {
  float cross_entropy = 0;
  float forward = 0;  // of KL(teacher || student)
  float reverse = 0;  // of KL(student || teacher)
};

/// loss[n] = cross_entropy nll[n] + temperature^2 (forward KL(p || q) + reverse KL(q || p)) with
/// the weights of token n; p is the teacher's distribution over the k + 1 outcomes, q the
/// student's, softmax(logits / temperature) summed over the same outcomes; nll as in
/// cross_entropy.h, at temperature 1. logits (N, V) are used up. OVERWRITES dlogits (N, V), T float
/// or bf16, by the gradient of the sum of the losses; a float dlogits may be logits itself, and
/// without data no gradient is made. A row whose target is ignored has no loss and no gradient.
template <class T>
void distillation_fwd_bwd(Matrix<float> logits, std::span<const int32_t> targets,
                          const TeacherView& teacher, float temperature,
                          const TokenWeights* weights, float* loss, Matrix<T> dlogits);

}  // namespace tern::kernels
