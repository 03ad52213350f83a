#include "tern/model/reactivation.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <vector>

#include "tern/base/arms.h"
#include "tern/base/error.h"
#include "tern/parallel/parallel.h"

namespace tern {
namespace {

const RegisterArm above(
    {"reactivate_above", "",
     "share of zeros of a layer above which its largest dead weights are lifted "
     "to the threshold; 0: never",
     ""});
const RegisterArm every({"reactivate_every", "", "steps between looks at the share of zeros", "",
                         "reactivate_above: !0"});

/// Lifts the largest `count` dead weights of a group; returns how many there were.
int64_t lift(float* w, const int8_t* codes, int64_t n, int64_t count) {
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
  if (std::isinf(smallest_live)) return 0;
  count = std::min(count, std::ssize(dead));
  std::partial_sort(dead.begin(), dead.begin() + count, dead.end(), [w](int64_t a, int64_t b) {
    return std::abs(w[a]) != std::abs(w[b]) ? std::abs(w[a]) > std::abs(w[b]) : a < b;
  });
  for (int64_t k = 0; k < count; ++k) w[dead[k]] = std::copysign(smallest_live, w[dead[k]]);
  return count;
}

}  // namespace

int64_t reactivate(const Tensor& w, const Tensor& codes, Grouping grouping, double limit) {
  check(limit > 0 && limit <= 1, "--reactivate-above must lie between 0 and 1, found {}", limit);
  check(w.shape() == codes.shape(), "reactivate: shapes {} and {} differ", to_string(w.shape()),
        to_string(codes.shape()));
  const auto all = codes.values<const int8_t>();
  const auto zeros = static_cast<double>(std::ranges::count(all, 0));
  if (zeros <= limit * static_cast<double>(all.size())) return 0;

  const int64_t span = grouping.whole_tensor() ? w.size() : w.cols();
  const int64_t group = grouping.size > 0 ? grouping.size : span;
  std::atomic<int64_t> moved = 0;
  parallel_for(w.size() / span, 8, [&](int64_t begin, int64_t end) {
    for (int64_t s = begin; s < end; ++s) {
      for (int64_t first = s * span; first < (s + 1) * span; first += group) {
        const int64_t n = std::min(group, (s + 1) * span - first);
        const int8_t* own = codes.data<int8_t>() + first;
        const int64_t allowed = static_cast<int64_t>(limit * static_cast<double>(n));
        const int64_t excess = std::count(own, own + n, 0) - allowed;
        if (excess > 0) moved += lift(w.data<float>() + first, own, n, excess);
      }
    }
  });
  return moved;
}

}  // namespace tern
