#include "tern/kernels/dead_weights.h"

#include "tern/kernels/lanes.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

constexpr int64_t kRowGrain = 16;

/// `dead` where the code is 0, else `live`. As wide as the numbers it chooses between, and both of
/// them loaded before, or the loops over it do not vectorise.
inline float choose(int8_t code, float dead, float live) {
  return int32_t{code} == 0 ? dead : live;
}

}  // namespace

void dead_sums_fwd(Matrix<const float> w, Matrix<const int8_t> codes, float* sums) {
  parallel_for(w.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; ++o) {
      const float* row = w.row(o);
      const int8_t* code = codes.row(o);
      sums[o] = lane_sum(w.cols, [&](int64_t i) { return choose(code[i], row[i], 0.0f); });
    }
  });
}

void dead_sums_bwd(const float* dsums, Matrix<const int8_t> codes, Matrix<float> dw) {
  parallel_for(codes.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; ++o) {
      const int8_t* code = codes.row(o);
      const float dsum = dsums[o];
      float* out = dw.row(o);
      for (int64_t i = 0; i < codes.cols; ++i) out[i] += choose(code[i], dsum, 0.0f);
    }
  });
}

void scale_dead(Matrix<const int8_t> codes, float factor, Matrix<float> dw) {
  parallel_for(codes.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; ++o) {
      const int8_t* code = codes.row(o);
      float* out = dw.row(o);
      for (int64_t i = 0; i < codes.cols; ++i) out[i] *= choose(code[i], factor, 1.0f);
    }
  });
}

}  // namespace tern::kernels
