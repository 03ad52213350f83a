#include "tern/kernels/top_tokens.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "tern/kernels/cross_entropy.h"
#include "tern/kernels/lanes.h"
#include "tern/kernels/math.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

struct Candidate {
  float logit;
  int32_t id;

  bool operator<(const Candidate& other) const {
    return logit != other.logit ? logit > other.logit : id < other.id;  // the better one first
  }
};

/// The k best candidates of a row, best first. A heap holds the best so far, its worst on top;
/// sixteen logits at a time are passed over when none beats that one, which is nearly always.
void best_of_row(const float* logits, int64_t V, int64_t k, std::vector<Candidate>& best) {
  best.clear();
  for (int64_t v = 0; v < k; ++v) best.push_back({logits[v], static_cast<int32_t>(v)});
  std::make_heap(best.begin(), best.end());
  const auto consider = [&](int64_t v) {
    if (!(logits[v] > best.front().logit)) return;
    std::pop_heap(best.begin(), best.end());
    best.back() = {logits[v], static_cast<int32_t>(v)};
    std::push_heap(best.begin(), best.end());
  };
  int64_t v = k;
  for (; v + kLanes <= V; v += kLanes) {
    const float bar = best.front().logit;
    int beats = 0;
    for (int64_t lane = 0; lane < kLanes; ++lane) beats |= logits[v + lane] > bar ? 1 : 0;
    if (beats == 0) continue;
    for (int64_t lane = 0; lane < kLanes; ++lane) consider(v + lane);
  }
  for (; v < V; ++v) consider(v);
  std::sort_heap(best.begin(), best.end());
}

/// log of the sum of e^(l / temperature) over a row in which the kept tokens are -infinity.
float log_rest_of(const float* logits, int64_t V, float largest, float log_sum_exp,
                  float temperature) {
  const float inverse = 1.0f / temperature;
  const float sum =
      lane_sum(V, [&](int64_t v) { return fast_exp((logits[v] - largest) * inverse); });
  if (sum <= 0.0f) return kLowestLog;
  return std::max(kLowestLog, std::log(sum) + (largest - log_sum_exp) * inverse);
}

}  // namespace

void top_tokens(Matrix<const float> logits, std::span<const int32_t> targets, int64_t k,
                std::span<const float> temperatures, const TopTokensOut& out) {
  const int64_t V = logits.cols;
  const auto kinds = static_cast<int64_t>(temperatures.size());
  parallel_for(logits.rows, 1, [&](int64_t begin, int64_t end) {
    std::vector<Candidate> best;
    std::vector<float> rest(static_cast<size_t>(V));
    for (int64_t n = begin; n < end; ++n) {
      const float* row = logits.row(n);
      best_of_row(row, V, k, best);
      const float largest = best.front().logit;
      const float sum = lane_sum(V, [&](int64_t v) { return fast_exp(row[v] - largest); });
      const float log_sum_exp = largest + std::log(sum);
      std::copy_n(row, V, rest.begin());
      for (int64_t i = 0; i < k; ++i) {
        out.ids[n * k + i] = best[static_cast<size_t>(i)].id;
        out.log_probabilities[n * k + i] = f16(best[static_cast<size_t>(i)].logit - log_sum_exp);
        rest[static_cast<size_t>(best[static_cast<size_t>(i)].id)] =
            -std::numeric_limits<float>::infinity();
      }
      const float largest_rest = lane_max(V, -std::numeric_limits<float>::max(),
                                          [&](int64_t v) { return rest[static_cast<size_t>(v)]; });
      for (int64_t i = 0; i < kinds; ++i) {
        out.log_rest[n * kinds + i] = log_rest_of(rest.data(), V, largest_rest, log_sum_exp,
                                                  temperatures[static_cast<size_t>(i)]);
      }
      const int32_t target = targets[static_cast<size_t>(n)];
      out.log_gold[n] = target == kIgnoredTarget ? 0.0f : row[target] - log_sum_exp;
    }
  });
}

}  // namespace tern::kernels
