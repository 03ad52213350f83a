#include "tern/optim/gradients.h"

#include <cmath>

#include "tern/base/error.h"
#include "tern/base/flags.h"
#include "tern/base/profile.h"
#include "tern/kernels/reduce.h"
#include "tern/knobs/knobs.h"
#include "tern/parallel/parallel.h"

namespace tern {
void ClipOptions::describe(Knobs& knobs) {
  knobs.add(TERN_KNOB(norm), {.meaning = "largest norm of all gradients together; 0: no limit",
                              .tries = "0 0.5 1 2 5",
                              .source = "Pascanu et al. 2013, 1211.5063"});
  knobs.add(TERN_KNOB(value),
            {.meaning = "largest value of one gradient, before clip_norm; 0: no limit",
             .tries = "0 0.01 0.1"});
}

void ClipOptions::check() const {
  require_not_negative({{"clip_norm", norm}, {"clip_value", value}});
}

void clip_by_value(const Parameters& parameters, float limit) {
  check(limit >= 0, "--clip-value must be 0 or more, found {}", limit);
  if (limit == 0) return;
  const Zone zone("clip by value");
  for (const auto& [name, tensor] : parameters.all()) {
    const auto gradient = tensor.gradient_slot().values<float>();
    constexpr int64_t kGrain = 1 << 14;
    parallel_for(tensor.size(), kGrain, [&](int64_t begin, int64_t end) {
      for (float& g : gradient.subspan(begin, end - begin)) {
        if (std::abs(g) > limit && std::abs(g) < INFINITY) g = std::copysign(limit, g);
      }
    });
  }
}

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
