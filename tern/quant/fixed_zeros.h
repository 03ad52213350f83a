#pragma once

#include <cstdint>

namespace tern {

/// Codes of a group in which exactly `zeros` weights, 0 <= zeros < n, become 0: the smallest
/// magnitudes, of equal ones the first. The rest, unless it is 0 itself, gets its sign.
void fixed_zeros(const float* w, int64_t n, int64_t zeros, int8_t* codes);

}  // namespace tern
