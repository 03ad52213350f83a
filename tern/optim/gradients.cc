#include "tern/optim/gradients.h"

#include <cmath>

#include "tern/base/error.h"
#include "tern/base/profile.h"
#include "tern/kernels/reduce.h"

namespace tern {

double gradient_norm(const Parameters& parameters) {
  const Zone zone("gradient norm");
  double sum = 0;
  for (const auto& [name, tensor] : parameters.all()) {
    const double square = kernels::sum_of_squares(tensor.gradient_slot().values<const float>());
    check(
        std::isfinite(square),
        "the gradient of {} is not finite; lower the learning rate, lengthen its warm-up, or clip "
        "gradients at a smaller norm",
        name);
    sum += square;
  }
  return std::sqrt(sum);
}

}  // namespace tern
