#pragma once

#include <cstdint>
#include <span>

#include "tern/base/bf16.h"
#include "tern/kernels/view.h"

namespace tern::kernels {

/// Target of a row that counts for nothing.
inline constexpr int32_t kIgnoredTarget = -1;

/// nll[n] = log(sum over v of e^logits[n, v]) - logits[n, targets[n]] in nats, 0 where the target
/// is ignored. logits is (N, V), targets (N) with values in [0, V) or kIgnoredTarget.
void cross_entropy_fwd(Matrix<const float> logits, std::span<const int32_t> targets, float* nll);

/// The same with the gradient of weight * sum(nll): OVERWRITES dlogits (N, V) by
/// weight (softmax(logits) - one_hot(target)), zero in ignored rows. T is float or bf16;
/// a float dlogits may be logits itself.
template <class T>
void cross_entropy_fwd_bwd(Matrix<const float> logits, std::span<const int32_t> targets,
                           float weight, float* nll, Matrix<T> dlogits);

}  // namespace tern::kernels
