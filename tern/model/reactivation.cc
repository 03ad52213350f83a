#include "tern/model/reactivation.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "tern/base/error.h"
#include "tern/quant/quantize.h"

namespace tern {
namespace {

bool too_many_zeros(const Tensor& codes, double limit) {
  const auto all = codes.values<const int8_t>();
  const auto zeros = static_cast<double>(std::ranges::count(all, 0));
  return zeros > limit * static_cast<double>(all.size());
}

/// Lifts the `count` largest dead weights of a group.
void lift(float* w, const int8_t* codes, int64_t n, int64_t count) {
  float smallest_live = INFINITY;
  std::vector<int64_t> dead;
  for (int64_t i = 0; i < n; ++i) {
    if (codes[i] == 0) {
      dead.push_back(i);
    } else {
      smallest_live = std::min(smallest_live, std::abs(w[i]));
    }
  }
  // A group that is dead as a whole has no threshold to lift to.
  if (std::isinf(smallest_live)) return;
  std::partial_sort(dead.begin(), dead.begin() + count, dead.end(), [w](int64_t a, int64_t b) {
    return std::abs(w[a]) != std::abs(w[b]) ? std::abs(w[a]) > std::abs(w[b]) : a < b;
  });
  for (int64_t k = 0; k < count; ++k) w[dead[k]] = std::copysign(smallest_live, w[dead[k]]);
}

/// Calls visit(place, excess) for every group with more than its part of zeros.
template <class Visit>
void for_each_excess(const Tensor& codes, Grouping grouping, double limit, const Visit& visit) {
  for_each_place(codes.rows(), codes.cols(), grouping, [&](const GroupPlace& at) {
    const int8_t* own = codes.data<int8_t>() + at.first;
    const auto allowed = static_cast<int64_t>(limit * static_cast<double>(at.n));
    const int64_t excess = std::count(own, own + at.n, 0) - allowed;
    if (excess > 0) visit(at, excess);
  });
}

}  // namespace

int64_t reactivate(const Tensor& w, const TernaryWeight& weight, Grouping grouping, double limit) {
  constexpr int kRounds = 10;
  Tensor codes = weight.codes();
  if (!too_many_zeros(codes, limit)) return 0;
  const std::vector<float> before = w.to_vector();
  float* const now = w.data<float>();
  for (int round = 0; round < kRounds && too_many_zeros(codes, limit); ++round) {
    for_each_excess(codes, grouping, limit, [&](const GroupPlace& at, int64_t excess) {
      lift(now + at.first, codes.data<int8_t>() + at.first, at.n, excess);
    });
    codes = weight.codes();
  }
  if (too_many_zeros(codes, limit)) {
    for_each_excess(codes, grouping, limit, [&](const GroupPlace& at, int64_t) {
      std::copy_n(before.begin() + at.first, at.n, now + at.first);
    });
  }
  int64_t moved = 0;
  for (int64_t i = 0; i < w.size(); ++i) moved += now[i] != before[i];
  return moved;
}

}  // namespace tern
