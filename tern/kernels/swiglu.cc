#include "tern/kernels/swiglu.h"

#include "tern/kernels/math.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

constexpr int64_t kRowGrain = 16;

template <class T>
void forward_row(const T* gate, const T* up, int64_t F, T* y) {
  for (int64_t f = 0; f < F; ++f) {
    const float g = static_cast<float>(gate[f]);
    y[f] = static_cast<T>(g * sigmoid(g) * static_cast<float>(up[f]));
  }
}

template <class T>
void backward_row(const T* dy, const T* gate, const T* up, int64_t F, T* dgate, T* dup) {
  for (int64_t f = 0; f < F; ++f) {
    const float d = static_cast<float>(dy[f]);
    const float g = static_cast<float>(gate[f]);
    const float s = sigmoid(g);
    const float slope = s * (1.0f + g * (1.0f - s));
    dgate[f] = static_cast<T>(static_cast<float>(dgate[f]) + d * static_cast<float>(up[f]) * slope);
    dup[f] = static_cast<T>(static_cast<float>(dup[f]) + d * g * s);
  }
}

}  // namespace

template <class T>
void swiglu_fwd(Matrix<const T> gate, Matrix<const T> up, Matrix<T> y) {
  parallel_for(y.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) forward_row(gate.row(n), up.row(n), y.cols, y.row(n));
  });
}

template <class T>
void swiglu_bwd(Matrix<const T> dy, Matrix<const T> gate, Matrix<const T> up, Matrix<T> dgate,
                Matrix<T> dup) {
  parallel_for(dy.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      backward_row(dy.row(n), gate.row(n), up.row(n), dy.cols, dgate.row(n), dup.row(n));
    }
  });
}

template void swiglu_fwd(Matrix<const float>, Matrix<const float>, Matrix<float>);
template void swiglu_fwd(Matrix<const bf16>, Matrix<const bf16>, Matrix<bf16>);
template void swiglu_bwd(Matrix<const float>, Matrix<const float>, Matrix<const float>,
                         Matrix<float>, Matrix<float>);
template void swiglu_bwd(Matrix<const bf16>, Matrix<const bf16>, Matrix<const bf16>, Matrix<bf16>,
                         Matrix<bf16>);

}  // namespace tern::kernels
