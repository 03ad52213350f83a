#include "tern/ops/cosine_loss.h"

#include "tern/kernels/cosine_loss.h"
#include "tern/ops/row_loss.h"

namespace tern {

Tensor cosine_loss(const Tensor& x, const Tensor& target) {
  return symmetric_row_loss(
      "cosine_loss", x, target,
      [](auto a, auto b, float* losses) { kernels::cosine_loss_fwd(a, b, losses); },
      [](const float* dlosses, auto a, auto b, auto da) {
        kernels::cosine_loss_bwd(dlosses, a, b, da);
      });
}

}  // namespace tern
