#include "tern/kernels/residual.h"

#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {
constexpr int64_t kGrain = 1 << 15;
}

template <class T>
void residual_fwd(std::span<const float> x, std::span<const T> branch, std::span<float> y) {
  parallel_for(static_cast<int64_t>(y.size()), kGrain, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) y[i] = x[i] + static_cast<float>(branch[i]);
  });
}

template <class T>
void residual_bwd(std::span<const float> dy, std::span<T> dbranch, bool overwrite) {
  parallel_for(static_cast<int64_t>(dy.size()), kGrain, [=](int64_t begin, int64_t end) {
    if (overwrite) {
      for (int64_t i = begin; i < end; ++i) dbranch[i] = static_cast<T>(dy[i]);
    } else {
      for (int64_t i = begin; i < end; ++i) {
        dbranch[i] = static_cast<T>(static_cast<float>(dbranch[i]) + dy[i]);
      }
    }
  });
}

template void residual_fwd(std::span<const float>, std::span<const float>, std::span<float>);
template void residual_fwd(std::span<const float>, std::span<const bf16>, std::span<float>);
template void residual_bwd(std::span<const float>, std::span<float>, bool);
template void residual_bwd(std::span<const float>, std::span<bf16>, bool);

}  // namespace tern::kernels
