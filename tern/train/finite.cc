#include "tern/train/evaluate.h"

#include <cmath>
#include <numeric>

#include "tern/base/error.h"
#include "tern/base/profile.h"
#include "tern/kernels/reduce.h"
#include "tern/optim/gradients.h"

namespace tern {

Evaluation evaluate(Llama& model, const EvalSet& set, int64_t max_tokens) {
  const Zone zone("evaluation");
  const int64_t window = set.window_of(model.config().max_position_embeddings);
  const int64_t total = static_cast<int64_t>(set.tokens.size());
  const int64_t wanted = max_tokens > 0 ? std::min(max_tokens, total) : total;
  const int64_t windows = std::max<int64_t>(1, wanted / window);
  double nats = 0;
  for (int64_t w = 0; w < windows; ++w) {
    const std::span tokens = std::span(set.tokens).subspan(w * window, window);
    const std::vector<float> nll =
        model.negative_log_likelihood(tokens.first(window - 1), tokens.last(window - 1), 1);
    nats += std::accumulate(nll.begin(), nll.end(), 0.0);
  }
  const int64_t predicted = windows * (window - 1);
  const double mean = nats / static_cast<double>(predicted);
  const double tokens_per_byte = static_cast<double>(total) / static_cast<double>(set.bytes);
  return {std::exp(mean), mean / std::log(2.0) * tokens_per_byte, predicted};
}

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
