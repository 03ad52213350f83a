#pragma once

#include <cmath>
#include <cstdint>

namespace tern::kernels::ref {

/// Negative log-likelihood of one row, for logits whose exponentials do not overflow. T is float,
/// double or std::complex (for complex-step derivatives).
template <class T>
T cross_entropy_fwd(const T* logits, int32_t target, int64_t V) {
  using std::exp, std::log;
  T sum(0);
  for (int64_t v = 0; v < V; ++v) sum += exp(logits[v]);
  return log(sum) - logits[target];
}

/// Overwrites dlogits by one row's gradient times weight.
template <class T>
void cross_entropy_bwd(const T* logits, int32_t target, T weight, int64_t V, T* dlogits) {
  using std::exp;
  T sum(0);
  for (int64_t v = 0; v < V; ++v) sum += exp(logits[v]);
  for (int64_t v = 0; v < V; ++v) dlogits[v] = weight * exp(logits[v]) / sum;
  dlogits[target] -= weight;
}

}  // namespace tern::kernels::ref
