#include "tern/kernels/cosine_loss.h"

#include <cmath>

#include "tern/kernels/lanes.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

constexpr int64_t kRowGrain = 16;

template <class T>
float dot(const T* a, const T* b, int64_t C) {
  return lane_sum(C,
                  [&](int64_t c) { return static_cast<float>(a[c]) * static_cast<float>(b[c]); });
}

/// Cosine of two rows and the inverses of their lengths; all 0 when either row is zero.
struct Angle {
  float cosine = 0;
  float inverse_x = 0;
  float inverse_target = 0;
};

template <class T>
Angle angle(const T* x, const T* target, int64_t C) {
  const float xx = dot(x, x, C), tt = dot(target, target, C);
  if (xx == 0.0f || tt == 0.0f) return {};
  const float inverse_x = 1.0f / std::sqrt(xx), inverse_target = 1.0f / std::sqrt(tt);
  return {dot(x, target, C) * inverse_x * inverse_target, inverse_x, inverse_target};
}

}  // namespace

template <class T>
void cosine_loss_fwd(Matrix<const T> x, Matrix<const T> target, float* loss) {
  parallel_for(x.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      loss[n] = 1.0f - angle(x.row(n), target.row(n), x.cols).cosine;
    }
  });
}

template <class T>
void cosine_loss_bwd(const float* dloss, Matrix<const T> x, Matrix<const T> target, Matrix<T> dx) {
  parallel_for(x.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      const T *a = x.row(n), *b = target.row(n);
      T* out = dx.row(n);
      const Angle angle_n = angle(a, b, x.cols);
      const float along = dloss[n] * angle_n.cosine * angle_n.inverse_x * angle_n.inverse_x;
      const float across = dloss[n] * angle_n.inverse_x * angle_n.inverse_target;
      for (int64_t c = 0; c < x.cols; ++c) {
        const float d = along * static_cast<float>(a[c]) - across * static_cast<float>(b[c]);
        out[c] = static_cast<T>(static_cast<float>(out[c]) + d);
      }
    }
  });
}

template void cosine_loss_fwd(Matrix<const float>, Matrix<const float>, float*);
template void cosine_loss_fwd(Matrix<const bf16>, Matrix<const bf16>, float*);
template void cosine_loss_bwd(const float*, Matrix<const float>, Matrix<const float>,
                              Matrix<float>);
template void cosine_loss_bwd(const float*, Matrix<const bf16>, Matrix<const bf16>, Matrix<bf16>);

}  // namespace tern::kernels
