#pragma once

#include <cstdint>

#include "tern/quant/grouping.h"
#include "tern/tensor/tensor.h"

namespace tern {

/// Wakes dead weights, those whose code is 0, where a matrix has too many: if their share is above
/// `limit`, then in each group with more than its part of them those of largest magnitude get the
/// magnitude of the group's smallest live weight, so that the next gradient can carry them across
/// the threshold. w (O, I) f32 is changed, codes (O, I) i8 are its codes. Returns how many weights
/// were moved.
int64_t reactivate(const Tensor& w, const Tensor& codes, Grouping grouping, double limit);

}  // namespace tern
