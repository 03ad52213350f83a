#pragma once

#include <cstdint>

#include "tern/model/ternary_weight.h"
#include "tern/quant/group_rule.h"
#include "tern/quant/grouping.h"
#include "tern/tensor/tensor.h"

namespace tern {

/// Wakes dead weights, those whose code is 0, where a matrix has too many: while their share is
/// above `limit`, in each group with more than its part of them those of largest magnitude get the
/// magnitude of the group's smallest live weight, so that the next gradient can carry them across
/// the threshold. What is lifted may raise the threshold (absmean's is a multiple of the mean), so
/// `weight` quantizes again and more is lifted, at most ten times.
///
/// Groups that are still above their part then stay as they were: those that are dead as a whole,
/// and those whose threshold runs ahead of what is lifted. Live weights above t times the mean are
/// never more than 1 / t of all: absmean with the threshold 2 keeps half of them dead.
///
/// w (O, I) f32 is the latent weight of `weight`, quantized by `grouping`. Returns how many weights
/// were moved.
int64_t reactivate(const Tensor& w, const TernaryWeight& weight, Grouping grouping, double limit);

}  // namespace tern
