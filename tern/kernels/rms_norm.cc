#include "tern/kernels/rms_norm.h"

#include <cmath>
#include <vector>

#include "tern/kernels/lanes.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

constexpr int64_t kRowGrain = 16;

/// dx += r (dy g - h mean(dy g h)) for one row, g(c) being the gain.
template <class Out, class In, class Gain>
void backward_row(const Out* dy, const In* x, const Gain& gain, float r, int64_t C, In* dx) {
  const float projection = r * r * r / static_cast<float>(C) * lane_sum(C, [&](int64_t c) {
                             return static_cast<float>(dy[c]) * gain(c) * static_cast<float>(x[c]);
                           });
  for (int64_t c = 0; c < C; ++c) {
    const float d = r * static_cast<float>(dy[c]) * gain(c) - projection * static_cast<float>(x[c]);
    dx[c] = static_cast<In>(static_cast<float>(dx[c]) + d);
  }
}

constexpr auto kNoGain = [](int64_t) { return 1.0f; };

}  // namespace

template <class Out, class In>
void rms_norm_fwd(Matrix<const In> x, const float* gain, float epsilon, Matrix<Out> y,
                  float* inverse_rms) {
  const int64_t C = x.cols;
  const auto run = [&](const auto& gain_of) {
    parallel_for(x.rows, kRowGrain, [&](int64_t begin, int64_t end) {
      for (int64_t n = begin; n < end; ++n) {
        const In* in = x.row(n);
        Out* out = y.row(n);
        const float sum = lane_sum(
            C, [&](int64_t c) { return static_cast<float>(in[c]) * static_cast<float>(in[c]); });
        const float r = 1.0f / std::sqrt(sum / static_cast<float>(C) + epsilon);
        inverse_rms[n] = r;
        for (int64_t c = 0; c < C; ++c) {
          out[c] = static_cast<Out>(static_cast<float>(in[c]) * r * gain_of(c));
        }
      }
    });
  };
  gain == nullptr ? run(kNoGain) : run([=](int64_t c) { return gain[c]; });
}

template <class Out, class In>
void rms_norm_bwd(Matrix<const Out> dy, Matrix<const In> x, const float* gain,
                  const float* inverse_rms, Matrix<In> dx, float* dgain) {
  const int64_t C = x.cols;
  const auto gain_of = [=](int64_t c) { return gain[c]; };
  if (dgain == nullptr) {
    const auto run = [&](const auto& factor) {
      parallel_for(x.rows, kRowGrain, [&](int64_t begin, int64_t end) {
        for (int64_t n = begin; n < end; ++n) {
          backward_row(dy.row(n), x.row(n), factor, inverse_rms[n], C, dx.row(n));
        }
      });
    };
    return gain == nullptr ? run(kNoGain) : run(gain_of);
  }
  // One partial sum of dgain for every block of rows, whatever the thread count, added in order.
  constexpr int64_t kBlock = 128;
  const int64_t blocks = (x.rows + kBlock - 1) / kBlock;
  std::vector<float> partial(static_cast<size_t>(blocks * C), 0.0f);
  parallel_for(blocks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin * kBlock; n < std::min(end * kBlock, x.rows); ++n) {
      backward_row(dy.row(n), x.row(n), gain_of, inverse_rms[n], C, dx.row(n));
      float* sums = partial.data() + n / kBlock * C;
      for (int64_t c = 0; c < C; ++c) {
        sums[c] +=
            static_cast<float>(dy.row(n)[c]) * static_cast<float>(x.row(n)[c]) * inverse_rms[n];
      }
    }
  });
  for (int64_t b = 0; b < blocks; ++b) {
    for (int64_t c = 0; c < C; ++c) dgain[c] += partial[b * C + c];
  }
}

template void rms_norm_fwd(Matrix<const float>, const float*, float, Matrix<float>, float*);
template void rms_norm_fwd(Matrix<const float>, const float*, float, Matrix<bf16>, float*);
template void rms_norm_fwd(Matrix<const bf16>, const float*, float, Matrix<float>, float*);
template void rms_norm_fwd(Matrix<const bf16>, const float*, float, Matrix<bf16>, float*);
template void rms_norm_bwd(Matrix<const float>, Matrix<const float>, const float*, const float*,
                           Matrix<float>, float*);
template void rms_norm_bwd(Matrix<const bf16>, Matrix<const float>, const float*, const float*,
                           Matrix<float>, float*);
template void rms_norm_bwd(Matrix<const float>, Matrix<const bf16>, const float*, const float*,
                           Matrix<bf16>, float*);
template void rms_norm_bwd(Matrix<const bf16>, Matrix<const bf16>, const float*, const float*,
                           Matrix<bf16>, float*);

}  // namespace tern::kernels
