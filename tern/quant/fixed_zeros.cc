#include "tern/quant/fixed_zeros.h"

#include <cmath>

#include "tern/quant/quantizer.h"
#include "tern/quant/rank_select.h"

namespace tern {
void fixed_zeros(const float* w, int64_t n, int64_t zeros, int8_t* codes) {
  auto [limit, found] = zeros > 0 ? limit_of_rank(w, n, zeros) : RankLimit{};
  threshold_codes(w, n, limit, codes);
  // Of equal magnitudes at the limit, the last ones are too many. No branch asks for them: where
  // they are differs from group to group, so it would be guessed wrong.
  for (int64_t i = n - 1; i >= 0 && found > zeros; --i) {
    const int live = std::abs(w[i]) == limit;
    codes[i] = static_cast<int8_t>(codes[i] + live * ((w[i] > 0) - (w[i] < 0)));
    found -= live;
  }
}

}  // namespace tern
