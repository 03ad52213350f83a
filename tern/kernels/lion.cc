#include "tern/kernels/lion.h"

#include "tern/kernels/stochastic_round.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

template <class State>
void update(const LionOptions& o, uint32_t key, float gradient_scale, int64_t n,
            float* __restrict w, float* __restrict g, State* __restrict m) {
  const float decay = 1 - o.lr * o.weight_decay;
  for (int64_t i = 0; i < n; ++i) {
    const float gradient = g[i] * gradient_scale;
    const float momentum = static_cast<float>(m[i]);
    const float direction = o.beta1 * momentum + (1 - o.beta1) * gradient;
    const float sign = direction > 0 ? 1.0f : direction < 0 ? -1.0f : 0.0f;
    w[i] = decay * w[i] - o.lr * sign;
    store(m[i], o.beta2 * momentum + (1 - o.beta2) * gradient,
          random_bits(key + static_cast<uint32_t>(i)) & 0xFFFF);
    g[i] = 0.0f;
  }
}

template <class State>
void lion_in(std::span<float> w, std::span<float> g, std::span<State> m, const LionOptions& options,
             int64_t step, float gradient_scale) {
  constexpr int64_t kGrain = 1 << 14;
  const uint32_t key = random_key(step, options.tensor);
  parallel_for(static_cast<int64_t>(w.size()), kGrain, [&](int64_t begin, int64_t end) {
    update(options, key + static_cast<uint32_t>(begin), gradient_scale, end - begin, &w[begin],
           &g[begin], &m[begin]);
  });
}

}  // namespace

void lion(std::span<float> w, std::span<float> g, std::span<float> m, const LionOptions& options,
          int64_t step, float gradient_scale) {
  lion_in(w, g, m, options, step, gradient_scale);
}
void lion(std::span<float> w, std::span<float> g, std::span<bf16> m, const LionOptions& options,
          int64_t step, float gradient_scale) {
  lion_in(w, g, m, options, step, gradient_scale);
}

}  // namespace tern::kernels
