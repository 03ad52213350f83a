#include "tern/kernels/cross_entropy.h"

#include <algorithm>
#include <cmath>

#include "tern/kernels/lanes.h"
#include "tern/kernels/math.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

/// Softmax of a row is e^(logit - max) / sum.
struct Normalizer {
  float max = 0;
  float sum = 0;

  float nll(float target_logit) const { return max - target_logit + std::log(sum); }
};

Normalizer normalizer(const float* logits, int64_t V) {
  const float max = lane_max(V, logits[0], [&](int64_t v) { return logits[v]; });
  return {max, lane_sum(V, [&](int64_t v) { return fast_exp(logits[v] - max); })};
}

template <class T>
float forward_backward_row(const float* logits, int32_t target, float weight, int64_t V,
                           T* dlogits) {
  const Normalizer norm = normalizer(logits, V);
  const float scale = weight / norm.sum;
  const float target_logit = logits[target];  // read now: dlogits may be logits
  TERN_INDEPENDENT_ITERATIONS
  for (int64_t v = 0; v < V; ++v) {
    dlogits[v] = static_cast<T>(scale * fast_exp(logits[v] - norm.max));
  }
  dlogits[target] = static_cast<T>(scale * fast_exp(target_logit - norm.max) - weight);
  return norm.nll(target_logit);
}

}  // namespace

void cross_entropy_fwd(Matrix<const float> logits, std::span<const int32_t> targets, float* nll) {
  parallel_for(logits.rows, 1, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      const float* row = logits.row(n);
      const int32_t target = targets[n];
      nll[n] = target == kIgnoredTarget ? 0.0f : normalizer(row, logits.cols).nll(row[target]);
    }
  });
}

template <class T>
void cross_entropy_fwd_bwd(Matrix<const float> logits, std::span<const int32_t> targets,
                           float weight, float* nll, Matrix<T> dlogits) {
  const int64_t V = logits.cols;
  parallel_for(logits.rows, 1, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      if (targets[n] == kIgnoredTarget) {
        nll[n] = 0.0f;
        std::fill_n(dlogits.row(n), V, T(0.0f));
      } else {
        nll[n] = forward_backward_row(logits.row(n), targets[n], weight, V, dlogits.row(n));
      }
    }
  });
}

template void cross_entropy_fwd_bwd(Matrix<const float>, std::span<const int32_t>, float, float*,
                                    Matrix<float>);
template void cross_entropy_fwd_bwd(Matrix<const float>, std::span<const int32_t>, float, float*,
                                    Matrix<bf16>);

}  // namespace tern::kernels
