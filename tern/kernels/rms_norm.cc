#include "tern/kernels/rms_norm.h"

#include <cmath>
#include <vector>

#include "tern/kernels/lanes.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

constexpr int64_t kRowGrain = 16;

template <class Out>
void backward_row(const Out* dy, const float* x, const float* gain, float r, int64_t C, float* dx,
                  float* dgain) {
  const float projection = r * r * r / static_cast<float>(C) * lane_sum(C, [&](int64_t c) {
                             return static_cast<float>(dy[c]) * gain[c] * x[c];
                           });
  for (int64_t c = 0; c < C; ++c) {
    const float d = static_cast<float>(dy[c]);
    dx[c] += r * d * gain[c] - projection * x[c];
    dgain[c] += d * x[c] * r;
  }
}

}  // namespace

template <class Out>
void rms_norm_fwd(Matrix<const float> x, const float* gain, float epsilon, Matrix<Out> y,
                  float* inverse_rms) {
  const int64_t C = x.cols;
  parallel_for(x.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      const float* in = x.row(n);
      Out* out = y.row(n);
      const float sum = lane_sum(C, [&](int64_t c) { return in[c] * in[c]; });
      const float r = 1.0f / std::sqrt(sum / static_cast<float>(C) + epsilon);
      inverse_rms[n] = r;
      for (int64_t c = 0; c < C; ++c) out[c] = static_cast<Out>(in[c] * r * gain[c]);
    }
  });
}

template <class Out>
void rms_norm_bwd(Matrix<const Out> dy, Matrix<const float> x, const float* gain,
                  const float* inverse_rms, Matrix<float> dx, float* dgain) {
  const int64_t C = x.cols;
  // One partial sum of dgain for every block of rows, whatever the thread count, added in order.
  constexpr int64_t kBlock = 128;
  const int64_t blocks = (x.rows + kBlock - 1) / kBlock;
  std::vector<float> partial(static_cast<size_t>(blocks * C), 0.0f);
  parallel_for(blocks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin * kBlock; n < std::min(end * kBlock, x.rows); ++n) {
      backward_row(dy.row(n), x.row(n), gain, inverse_rms[n], C, dx.row(n),
                   partial.data() + n / kBlock * C);
    }
  });
  for (int64_t b = 0; b < blocks; ++b) {
    for (int64_t c = 0; c < C; ++c) dgain[c] += partial[b * C + c];
  }
}

template void rms_norm_fwd(Matrix<const float>, const float*, float, Matrix<float>, float*);
template void rms_norm_fwd(Matrix<const float>, const float*, float, Matrix<bf16>, float*);
template void rms_norm_bwd(Matrix<const float>, Matrix<const float>, const float*, const float*,
                           Matrix<float>, float*);
template void rms_norm_bwd(Matrix<const bf16>, Matrix<const float>, const float*, const float*,
                           Matrix<float>, float*);

}  // namespace tern::kernels
