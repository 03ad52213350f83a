#pragma once

#include <cstdint>
#include <span>

#include "tern/base/f16.h"
#include "tern/kernels/view.h"

namespace tern::kernels {

/// Where top_tokens() writes what is kept of N rows of logits.
struct TopTokensOut {
  int32_t* ids = nullptr;            // (N, k)
  f16* log_probabilities = nullptr;  // (N, k)
  float* log_rest = nullptr;         // (N, temperatures)
  float* log_gold = nullptr;         // (N)
};

/// The logarithm of a mass that is too small to count.
inline constexpr float kLowestLog = -100.0f;

/// The k largest logits of every row of (N, V), k <= V, largest first and the lower id first where
/// two are equal, as log-probabilities l = logit - log(sum of e^logit). log_rest is the logarithm
/// of the sum of e^(l / temperature) over all other tokens, for each temperature; kLowestLog when
/// they have next to nothing. log_gold is the target's l; 0 where the target is ignored.
void top_tokens(Matrix<const float> logits, std::span<const int32_t> targets, int64_t k,
                std::span<const float> temperatures, const TopTokensOut& out);

}  // namespace tern::kernels
