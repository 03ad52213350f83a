#include "tern/quant/fixed_zeros.h"

#include <cmath>

#include "tern/base/arms.h"
#include "tern/quant/quantizer.h"
#include "tern/quant/rank_select.h"

namespace tern {
namespace {

const RegisterArm field({"zeros", "",
                         "share of a group that becomes 0, the smallest; 0: as the threshold says",
                         "42 of 128 in Bonsai 2, as a replication reconstructs it"});

}  // namespace

void fixed_zeros(const float* w, int64_t n, int64_t zeros, int8_t* codes) {
  const float limit = zeros > 0 ? limit_of_rank(w, n, zeros) : 0.0f;
  threshold_codes(w, n, limit, codes);
  int32_t found = 0;
  for (int64_t i = 0; i < n; ++i) found += codes[i] == 0 ? 1 : 0;
  // Of equal magnitudes at the limit, the last ones are too many.
  for (int64_t i = n - 1; i >= 0 && found > zeros; --i) {
    if (std::abs(w[i]) != limit) continue;
    codes[i] = static_cast<int8_t>((w[i] > 0 ? 1 : 0) - (w[i] < 0 ? 1 : 0));
    --found;
  }
}

}  // namespace tern
