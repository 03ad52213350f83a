#include "tern/kernels/nesterov.h"

#include "tern/kernels/stochastic_round.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

constexpr int64_t kGrain = 1 << 14;

template <class State>
void look_ahead(const NesterovOptions& o, uint32_t key, int64_t n, float* __restrict g,
                State* __restrict m) {
  for (int64_t i = 0; i < n; ++i) {
    const float fresh = (1 - o.momentum) * (g[i] * o.gradient_scale);
    const float mean = o.momentum * static_cast<float>(m[i]) + fresh;
    g[i] = o.momentum * mean + fresh;
    store(m[i], mean, random_bits(key + static_cast<uint32_t>(i)) & 0xFFFF);
  }
}

template <class State>
void nesterov_in(std::span<float> g, std::span<State> m, const NesterovOptions& options,
                 int64_t step) {
  const uint32_t key = random_key(step, options.tensor);
  parallel_for(static_cast<int64_t>(g.size()), kGrain, [&](int64_t begin, int64_t end) {
    look_ahead(options, key + static_cast<uint32_t>(begin), end - begin, &g[begin], &m[begin]);
  });
}

}  // namespace

void nesterov(std::span<float> g, std::span<float> m, const NesterovOptions& options,
              int64_t step) {
  nesterov_in(g, m, options, step);
}
void nesterov(std::span<float> g, std::span<bf16> m, const NesterovOptions& options, int64_t step) {
  nesterov_in(g, m, options, step);
}

void decay_and_move(std::span<float> w, std::span<float> g, float decay, float rate) {
  parallel_for(static_cast<int64_t>(w.size()), kGrain, [&](int64_t begin, int64_t end) {
    float* __restrict weights = &w[begin];
    float* __restrict update = &g[begin];
    for (int64_t i = 0; i < end - begin; ++i) {
      weights[i] = (1 - decay) * weights[i] - rate * update[i];
      update[i] = 0.0f;
    }
  });
}

}  // namespace tern::kernels
