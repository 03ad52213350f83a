#pragma once

#include <cstdint>

namespace tern {

struct RankLimit {
  float limit;
  int64_t count;  // magnitudes that do not exceed it
};

/// A limit that exactly `count` of the n magnitudes |w| do not exceed, 1 <= count <= n; where equal
/// magnitudes leave none, the smallest limit that at least `count` do not exceed, which is then one
/// of them. NaN when a weight is. It narrows down an interval, each time counting in one vectorised
/// pass, and moves no weight.
RankLimit limit_of_rank(const float* w, int64_t n, int64_t count);

/// The `count`-th smallest magnitude, 1 <= count <= n; NaN when a weight is.
float magnitude_of_rank(const float* w, int64_t n, int64_t count);

/// Codes of a group in which exactly `zeros` weights, 0 <= zeros < n, become 0: the smallest
/// magnitudes, of equal ones the first. The rest, unless it is 0 itself, gets its sign.
void fixed_zeros(const float* w, int64_t n, int64_t zeros, int8_t* codes);

}  // namespace tern
