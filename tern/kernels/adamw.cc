#include "tern/kernels/adamw.h"

#include <cmath>

#include "tern/kernels/stochastic_round.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

/// What the options come to for every element of one step.
struct Coefficients {
  float beta1, beta2;
  float decay;                // 1 - lr weight_decay
  float rate;                 // lr / (1 - beta1^step)
  float inverse_correction2;  // 1 / sqrt(1 - beta2^step)
  float epsilon;
  float gradient_scale;
};

Coefficients coefficients(const AdamWOptions& o, int64_t step, float gradient_scale) {
  const double correction1 = 1 - std::pow(double{o.beta1}, static_cast<double>(step));
  const double correction2 = 1 - std::pow(double{o.beta2}, static_cast<double>(step));
  return {o.beta1,
          o.beta2,
          1 - o.lr * o.weight_decay,
          static_cast<float>(o.lr / correction1),
          static_cast<float>(1 / std::sqrt(correction2)),
          o.epsilon,
          gradient_scale};
}

template <class Moment, bool kZeroGradient>
void update(const Coefficients& k, uint32_t key, int64_t n, float* __restrict w,
            float* __restrict g, Moment* __restrict m, Moment* __restrict v) {
  for (int64_t i = 0; i < n; ++i) {
    const float gradient = g[i] * k.gradient_scale;
    const float mean = k.beta1 * static_cast<float>(m[i]) + (1 - k.beta1) * gradient;
    const float square = k.beta2 * static_cast<float>(v[i]) + (1 - k.beta2) * gradient * gradient;
    w[i] = k.decay * w[i] - k.rate * mean / (std::sqrt(square) * k.inverse_correction2 + k.epsilon);
    const uint32_t random = random_bits(key + static_cast<uint32_t>(i));
    store(m[i], mean, random & 0xFFFF);
    store(v[i], square, random >> 16);
    if constexpr (kZeroGradient) g[i] = 0.0f;
  }
}

template <class Moment>
void adamw_in(std::span<float> w, std::span<float> g, std::span<Moment> m, std::span<Moment> v,
              const AdamWOptions& options, int64_t step, float gradient_scale, bool zero_gradient) {
  constexpr int64_t kGrain = 1 << 14;
  const Coefficients k = coefficients(options, step, gradient_scale);
  const uint32_t key = random_key(step, options.tensor);
  const auto range = zero_gradient ? update<Moment, true> : update<Moment, false>;
  parallel_for(static_cast<int64_t>(w.size()), kGrain, [&](int64_t begin, int64_t end) {
    range(k, key + static_cast<uint32_t>(begin), end - begin, &w[begin], &g[begin], &m[begin],
          &v[begin]);
  });
}

}  // namespace

void adamw(std::span<float> w, std::span<float> g, std::span<float> m, std::span<float> v,
           const AdamWOptions& options, int64_t step, float gradient_scale, bool zero_gradient) {
  adamw_in(w, g, m, v, options, step, gradient_scale, zero_gradient);
}
void adamw(std::span<float> w, std::span<float> g, std::span<bf16> m, std::span<bf16> v,
           const AdamWOptions& options, int64_t step, float gradient_scale, bool zero_gradient) {
  adamw_in(w, g, m, v, options, step, gradient_scale, zero_gradient);
}

}  // namespace tern::kernels
