#include "tern/kernels/token_absmean_quantize.h"

#include <algorithm>
#include <cmath>

#include "tern/kernels/lanes.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

constexpr float kEpsilon = 1e-5f;
constexpr float kRoot = 2.64575131f;  // sqrt(7)

}  // namespace

template <class T>
void token_absmean_quantize_fwd(Matrix<const T> x, float lambda, Matrix<T> y) {
  constexpr int64_t kRowGrain = 16;
  parallel_for(x.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      const T* in = x.row(n);
      T* out = y.row(n);
      const float sum =
          lane_sum(x.cols, [&](int64_t c) { return std::abs(static_cast<float>(in[c])); });
      const float mean = sum / static_cast<float>(x.cols);
      const float to_codes = kRoot / (mean + kEpsilon), from_codes = mean / kRoot;
      for (int64_t c = 0; c < x.cols; ++c) {
        const float number = static_cast<float>(in[c]);
        const float q = std::clamp(std::rint(number * to_codes), -8.0f, 7.0f) * from_codes;
        out[c] = static_cast<T>(lambda == 1.0f ? q : number + lambda * (q - number));
      }
    }
  });
}

template void token_absmean_quantize_fwd(Matrix<const float>, float, Matrix<float>);
template void token_absmean_quantize_fwd(Matrix<const bf16>, float, Matrix<bf16>);

}  // namespace tern::kernels
