#include "tern/kernels/reduce.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "tern/kernels/lanes.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

/// Values summed in float before their sum is kept: 256 to a lane.
constexpr int64_t kBlock = 4096;

/// Sum of term(x[i]) over each block of x.
template <class Term>
std::vector<float> block_sums(std::span<const float> x, Term&& term) {
  const int64_t n = static_cast<int64_t>(x.size());
  std::vector<float> sums(static_cast<size_t>((n + kBlock - 1) / kBlock));
  parallel_for(static_cast<int64_t>(sums.size()), 4, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) {
      const float* block = x.data() + b * kBlock;
      sums[b] =
          lane_sum(std::min(kBlock, n - b * kBlock), [&](int64_t i) { return term(block[i]); });
    }
  });
  return sums;
}

}  // namespace

double sum_of_squares(std::span<const float> x) {
  double total = 0;
  for (const float sum : block_sums(x, [](float value) { return value * value; })) total += sum;
  return total;
}

int64_t first_non_finite(std::span<const float> x) {
  // x - x is 0 for a finite x and NaN for any other.
  const auto sums = block_sums(x, [](float value) { return value - value; });
  const auto bad_block = std::find_if(sums.begin(), sums.end(), [](float sum) { return sum != 0; });
  if (bad_block == sums.end()) return -1;
  const auto bad = std::find_if(x.begin() + (bad_block - sums.begin()) * kBlock, x.end(),
                                [](float value) { return !std::isfinite(value); });
  return bad - x.begin();
}

}  // namespace tern::kernels
