#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

namespace tern::kernels::ref {

/// What is kept of one row.
template <class T>
struct TopTokensRow {
  std::vector<int32_t> ids;
  std::vector<T> log_probabilities;
  std::vector<T> log_rest;
  T log_gold;
};

/// One row of V logits whose exponentials do not overflow; `target` in [0, V).
template <class T>
TopTokensRow<T> top_tokens(const T* logits, int64_t V, int32_t target, int64_t k,
                           const std::vector<float>& temperatures) {
  T sum(0);
  for (int64_t v = 0; v < V; ++v) sum += std::exp(logits[v]);
  const auto log_p = [&](int32_t v) { return logits[v] - std::log(sum); };
  std::vector<int32_t> order(static_cast<size_t>(V));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int32_t a, int32_t b) { return logits[a] > logits[b]; });
  TopTokensRow<T> row;
  row.ids.assign(order.begin(), order.begin() + k);
  for (const int32_t id : row.ids) row.log_probabilities.push_back(log_p(id));
  for (const float temperature : temperatures) {
    T rest(0);
    for (auto id = order.begin() + k; id != order.end(); ++id) {
      rest += std::exp(log_p(*id) / T(temperature));
    }
    row.log_rest.push_back(std::log(rest));
  }
  row.log_gold = log_p(target);
  return row;
}

}  // namespace tern::kernels::ref
