#include "tern/train/finite.h"

#include <cmath>

#include "tern/base/error.h"
#include "tern/kernels/reduce.h"
#include "tern/optim/gradients.h"

namespace tern {

void require_finite(double loss, int64_t step, const Llama& model) {
  if (std::isfinite(loss)) return;
  constexpr const char* kHint =
      "lower the learning rate, lengthen its warm-up, or clip gradients at a smaller norm";
  float largest = 0;
  std::string where_largest;
  for (const auto& [name, tensor] : model.parameters().all()) {
    const auto values = tensor.values<const float>();
    const int64_t where = kernels::first_non_finite(values);
    check(where < 0, "step {}: the loss is {} and weight {} of {} is not finite; {}", step, loss,
          where, name, kHint);
    for (const float value : values) {
      if (std::abs(value) > largest) largest = std::abs(value), where_largest = name;
    }
  }
  fail(
      "step {}: the loss is {}; an activation overflowed, and the largest weight is {:.3g} in {}; "
      "{}",
      step, loss, largest, where_largest, kHint);
}

double finite_gradient_norm(const Llama& model, int64_t step) {
  try {
    return gradient_norm(model.parameters());
  } catch (const Error& e) {
    fail("step {}: {}", step, e.what());
  }
}

}  // namespace tern
