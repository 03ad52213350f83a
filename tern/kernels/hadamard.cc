#include "tern/kernels/hadamard.h"

#include <cmath>
#include <utility>
#include <vector>

#include "tern/kernels/lanes.h"
#include "tern/kernels/scratch.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

constexpr int64_t kRowGrain = 16;

typedef float Lanes __attribute__((vector_size(kLanes * sizeof(float))));

/// One level of butterflies between lanes that are `distance` apart. In place, since gcc warns of a
/// 512-bit value in a signature where the CPU has narrower registers.
template <int distance, int... lane>
void lane_level(Lanes& v, std::integer_sequence<int, lane...>) {
  const Lanes sign = {((lane & distance) != 0 ? -1.0f : 1.0f)...};
  v = __builtin_shufflevector(v, v, (lane ^ distance)...) + sign * v;
}

/// One level of butterflies between numbers that are `distance` apart.
void level(float* v, int64_t n, int64_t distance) {
  for (int64_t first = 0; first < n; first += 2 * distance) {
    float* __restrict low = v + first;
    float* __restrict high = v + first + distance;
    for (int64_t i = 0; i < distance; ++i) {
      const float a = low[i], b = high[i];
      low[i] = a + b;
      high[i] = a - b;
    }
  }
}

/// v = H v for n numbers on a 64-byte boundary, n a power of two.
void transform(float* v, int64_t n) {
  int64_t distance = 1;
  if (n >= kLanes) {
    for (Lanes* lanes = reinterpret_cast<Lanes*>(v); lanes < reinterpret_cast<Lanes*>(v + n);
         ++lanes) {
      constexpr std::make_integer_sequence<int, kLanes> kAll;
      lane_level<1>(*lanes, kAll);
      lane_level<2>(*lanes, kAll);
      lane_level<4>(*lanes, kAll);
      lane_level<8>(*lanes, kAll);
    }
    distance = kLanes;
  }
  for (; distance < n; distance *= 2) level(v, n, distance);
}

/// The columns' signs over sqrt(block): what surrounds H.
std::vector<float> signed_scales(int64_t cols, int64_t block) {
  const float scale = 1.0f / std::sqrt(static_cast<float>(block));
  std::vector<float> out(static_cast<size_t>(cols));
  for (int64_t c = 0; c < cols; ++c) out[c] = scale * hadamard_sign(c);
  return out;
}

/// A row's blocks as floats, each at a multiple of 64 bytes.
float* row_buffer(int64_t cols) {
  static thread_local Scratch<float> scratch;
  return scratch.at_least(cols);
}

/// H of every block of a row. Blocks below a register's width are not aligned, and need not be.
void transform_blocks(float* row, int64_t cols, int64_t block) {
  for (int64_t first = 0; first < cols; first += block) transform(row + first, block);
}

}  // namespace

template <class T>
void hadamard_fwd(Matrix<const T> x, int64_t block, Matrix<T> y) {
  const std::vector<float> scales = signed_scales(x.cols, block);
  parallel_for(x.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    float* row = row_buffer(x.cols);
    for (int64_t n = begin; n < end; ++n) {
      const T* in = x.row(n);
      T* out = y.row(n);
      for (int64_t c = 0; c < x.cols; ++c) row[c] = scales[c] * static_cast<float>(in[c]);
      transform_blocks(row, x.cols, block);
      for (int64_t c = 0; c < x.cols; ++c) out[c] = static_cast<T>(row[c]);
    }
  });
}

template <class T, class D>
void hadamard_bwd(Matrix<const T> dy, int64_t block, Matrix<D> dx, Into into) {
  const std::vector<float> scales = signed_scales(dy.cols, block);
  parallel_for(dy.rows, kRowGrain, [&](int64_t begin, int64_t end) {
    float* row = row_buffer(dy.cols);
    for (int64_t n = begin; n < end; ++n) {
      const T* in = dy.row(n);
      D* out = dx.row(n);
      for (int64_t c = 0; c < dy.cols; ++c) row[c] = static_cast<float>(in[c]);
      transform_blocks(row, dy.cols, block);  // H is its own transpose
      if (into == Into::overwrite) {
        for (int64_t c = 0; c < dy.cols; ++c) out[c] = static_cast<D>(scales[c] * row[c]);
      } else {
        for (int64_t c = 0; c < dy.cols; ++c) {
          out[c] = static_cast<D>(static_cast<float>(out[c]) + scales[c] * row[c]);
        }
      }
    }
  });
}

template void hadamard_fwd(Matrix<const float>, int64_t, Matrix<float>);
template void hadamard_fwd(Matrix<const bf16>, int64_t, Matrix<bf16>);
template void hadamard_bwd(Matrix<const float>, int64_t, Matrix<float>, Into);
template void hadamard_bwd(Matrix<const float>, int64_t, Matrix<bf16>, Into);
template void hadamard_bwd(Matrix<const bf16>, int64_t, Matrix<float>, Into);
template void hadamard_bwd(Matrix<const bf16>, int64_t, Matrix<bf16>, Into);

}  // namespace tern::kernels
