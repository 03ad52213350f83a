#include "tern/kernels/mse_loss.h"

#include "tern/kernels/lanes.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

constexpr int64_t kRowGrain = 16;

}  // namespace

template <class T>
void mse_loss_fwd(Matrix<const T> x, Matrix<const T> target, float* loss) {
  parallel_for(x.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      const T *a = x.row(n), *b = target.row(n);
      const float sum = lane_sum(x.cols, [&](int64_t c) {
        const float difference = static_cast<float>(a[c]) - static_cast<float>(b[c]);
        return difference * difference;
      });
      loss[n] = sum / static_cast<float>(x.cols);
    }
  });
}

template <class T>
void mse_loss_bwd(const float* dloss, Matrix<const T> x, Matrix<const T> target, Matrix<T> dx) {
  parallel_for(x.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      const T *a = x.row(n), *b = target.row(n);
      T* out = dx.row(n);
      const float scale = dloss[n] * 2.0f / static_cast<float>(x.cols);
      for (int64_t c = 0; c < x.cols; ++c) {
        const float d = scale * (static_cast<float>(a[c]) - static_cast<float>(b[c]));
        out[c] = static_cast<T>(static_cast<float>(out[c]) + d);
      }
    }
  });
}

template void mse_loss_fwd(Matrix<const float>, Matrix<const float>, float*);
template void mse_loss_fwd(Matrix<const bf16>, Matrix<const bf16>, float*);
template void mse_loss_bwd(const float*, Matrix<const float>, Matrix<const float>, Matrix<float>);
template void mse_loss_bwd(const float*, Matrix<const bf16>, Matrix<const bf16>, Matrix<bf16>);

}  // namespace tern::kernels
