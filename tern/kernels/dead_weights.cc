#include "tern/kernels/dead_weights.h"

#include "tern/kernels/lanes.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

constexpr int64_t kRowGrain = 16;

}  // namespace

void dead_sums_fwd(Matrix<const float> w, Matrix<const int8_t> codes, float* sums) {
  parallel_for(w.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; ++o) {
      const float* row = w.row(o);
      const int8_t* code = codes.row(o);
      sums[o] = lane_sum(w.cols, [&](int64_t i) { return code[i] == 0 ? row[i] : 0.0f; });
    }
  });
}

void dead_sums_bwd(const float* dsums, Matrix<const int8_t> codes, Matrix<float> dw) {
  parallel_for(codes.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; ++o) {
      const int8_t* code = codes.row(o);
      float* out = dw.row(o);
      for (int64_t i = 0; i < codes.cols; ++i) out[i] += code[i] == 0 ? dsums[o] : 0.0f;
    }
  });
}

void scale_dead(Matrix<const int8_t> codes, float factor, Matrix<float> dw) {
  parallel_for(codes.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; ++o) {
      const int8_t* code = codes.row(o);
      float* out = dw.row(o);
      for (int64_t i = 0; i < codes.cols; ++i) out[i] *= code[i] == 0 ? factor : 1.0f;
    }
  });
}

}  // namespace tern::kernels
