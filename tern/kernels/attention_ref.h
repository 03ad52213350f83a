#pragma once

#include <cmath>
#include <vector>

#include "tern/kernels/attention.h"

namespace tern::kernels::ref {

/// Offset of position t of one head in a (B, T, heads, D) tensor.
inline int64_t head_offset(const AttentionShape& s, int64_t heads, int64_t b, int64_t t,
                           int64_t head) {
  return ((b * s.T + t) * heads + head) * s.D;
}

template <class N>
N dot(const N* a, const N* b, int64_t n) {
  N sum(0);
  for (int64_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

/// Softmax weights of query t over the keys 0 to t. N is double or std::complex.
template <class N>
std::vector<N> attention_weights(const AttentionShape& s, const N* q, const N* k, int64_t b,
                                 int64_t h, int64_t t) {
  using std::exp;
  std::vector<N> weights(t + 1);
  N sum(0);
  for (int64_t j = 0; j <= t; ++j) {
    const N score =
        dot(q + head_offset(s, s.H, b, t, h), k + head_offset(s, s.K, b, j, h / (s.H / s.K)), s.D);
    sum += weights[j] = exp(score / std::sqrt(static_cast<double>(s.D)));
  }
  for (N& weight : weights) weight /= sum;
  return weights;
}

/// Calls body(b, h, t) for every query.
template <class Body>
void for_each_query(const AttentionShape& s, Body&& body) {
  for (int64_t b = 0; b < s.B; ++b) {
    for (int64_t h = 0; h < s.H; ++h) {
      for (int64_t t = 0; t < s.T; ++t) body(b, h, t);
    }
  }
}

template <class N>
void attention_fwd(const AttentionShape& s, const N* q, const N* k, const N* v, N* out) {
  for_each_query(s, [&](int64_t b, int64_t h, int64_t t) {
    const std::vector<N> weights = attention_weights(s, q, k, b, h, t);
    N* y = out + head_offset(s, s.H, b, t, h);
    for (int64_t d = 0; d < s.D; ++d) y[d] = N(0);
    for (int64_t j = 0; j <= t; ++j) {
      const N* value = v + head_offset(s, s.K, b, j, h / (s.H / s.K));
      for (int64_t d = 0; d < s.D; ++d) y[d] += weights[j] * value[d];
    }
  });
}

/// Adds the gradients for dout into dq, dk and dv.
template <class N>
void attention_bwd(const AttentionShape& s, const N* dout, const N* q, const N* k, const N* v,
                   N* dq, N* dk, N* dv) {
  for_each_query(s, [&](int64_t b, int64_t h, int64_t t) {
    const std::vector<N> weights = attention_weights(s, q, k, b, h, t);
    const int64_t query = head_offset(s, s.H, b, t, h);
    const auto key = [&](int64_t j) { return head_offset(s, s.K, b, j, h / (s.H / s.K)); };
    N mean(0);
    for (int64_t j = 0; j <= t; ++j) mean += weights[j] * dot(dout + query, v + key(j), s.D);
    for (int64_t j = 0; j <= t; ++j) {
      const N dscore = weights[j] * (dot(dout + query, v + key(j), s.D) - mean) /
                       std::sqrt(static_cast<double>(s.D));
      for (int64_t d = 0; d < s.D; ++d) {
        dv[key(j) + d] += weights[j] * dout[query + d];
        dk[key(j) + d] += dscore * q[query + d];
        dq[query + d] += dscore * k[key(j) + d];
      }
    }
  });
}

}  // namespace tern::kernels::ref
