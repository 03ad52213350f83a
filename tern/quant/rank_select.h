#pragma once

#include <cstdint>

namespace tern {

/// A limit that exactly `count` of the n magnitudes |w| do not exceed, 1 <= count <= n; where equal
/// magnitudes leave none, the smallest limit that at least `count` do not exceed, which is then one
/// of them. NaNs count as larger than any number; NaN when the rank falls on one. It narrows down
/// an interval, each time counting in one vectorised pass, and moves no weight.
float limit_of_rank(const float* w, int64_t n, int64_t count);

/// The `count`-th smallest magnitude, 1 <= count <= n; NaN when that is one.
float magnitude_of_rank(const float* w, int64_t n, int64_t count);

}  // namespace tern
