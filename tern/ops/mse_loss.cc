#include "tern/ops/mse_loss.h"

#include "tern/kernels/mse_loss.h"
#include "tern/ops/row_loss.h"

namespace tern {

Tensor mse_loss(const Tensor& x, const Tensor& target) {
  return symmetric_row_loss(
      "mse_loss", x, target,
      [](auto a, auto b, float* losses) { kernels::mse_loss_fwd(a, b, losses); },
      [](const float* dlosses, auto a, auto b, auto da) {
        kernels::mse_loss_bwd(dlosses, a, b, da);
      });
}

}  // namespace tern
