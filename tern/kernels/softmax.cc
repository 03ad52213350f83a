#include "tern/kernels/softmax.h"

#include "tern/kernels/lanes.h"
#include "tern/kernels/math.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

constexpr int64_t kRowGrain = 16;

void forward_row(const float* x, int64_t C, float* y) {
  const float highest = lane_max(C, x[0], [&](int64_t c) { return x[c]; });
  for (int64_t c = 0; c < C; ++c) y[c] = fast_exp(x[c] - highest);
  const float inverse = 1.0f / lane_sum(C, [&](int64_t c) { return y[c]; });
  for (int64_t c = 0; c < C; ++c) y[c] *= inverse;
}

void backward_row(const float* dy, const float* y, int64_t C, float* dx) {
  const float dot = lane_sum(C, [&](int64_t c) { return dy[c] * y[c]; });
  for (int64_t c = 0; c < C; ++c) dx[c] += y[c] * (dy[c] - dot);
}

}  // namespace

void softmax_fwd(Matrix<const float> x, Matrix<float> y) {
  parallel_for(x.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) forward_row(x.row(n), x.cols, y.row(n));
  });
}

void softmax_bwd(Matrix<const float> dy, Matrix<const float> y, Matrix<float> dx) {
  parallel_for(dy.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) backward_row(dy.row(n), y.row(n), dy.cols, dx.row(n));
  });
}

}  // namespace tern::kernels
