#include "tern/kernels/cast.h"

#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

constexpr int64_t kGrain = 1 << 14;

}  // namespace

template <class From, class To>
void cast(const From* from, To* to, int64_t n) {
  parallel_for(n, kGrain, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) to[i] = static_cast<To>(static_cast<float>(from[i]));
  });
}

template <class From, class To>
void add_cast(const From* from, To* to, int64_t n) {
  parallel_for(n, kGrain, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      to[i] = static_cast<To>(static_cast<float>(to[i]) + static_cast<float>(from[i]));
    }
  });
}

template void cast(const float*, float*, int64_t);
template void cast(const float*, bf16*, int64_t);
template void cast(const bf16*, float*, int64_t);
template void cast(const bf16*, bf16*, int64_t);
template void cast(const f16*, float*, int64_t);
template void add_cast(const float*, float*, int64_t);
template void add_cast(const float*, bf16*, int64_t);
template void add_cast(const bf16*, float*, int64_t);
template void add_cast(const bf16*, bf16*, int64_t);

}  // namespace tern::kernels
