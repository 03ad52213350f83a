#include "tern/ops/activation_quantizer.h"

namespace tern {

Registry<ActivationQuantizer>& activation_quantizers() {
  static Registry<ActivationQuantizer> all("activation_scale");
  return all;
}

void require_clipped_bits(int bits, float clip) {
  check(bits >= 2 && bits <= 8, "--activation-bits must be 2 to 8, or 16 for none, found {}", bits);
  check(clip > 0 && clip <= 1, "--activation-clip must be above 0 and at most 1, found {}", clip);
}

}  // namespace tern
