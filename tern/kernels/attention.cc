#include "tern/kernels/attention.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tern/kernels/gemm.h"
#include "tern/kernels/lanes.h"
#include "tern/kernels/math.h"
#include "tern/kernels/scratch.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

/// Queries per block. A block meets the keys up to its own end: small blocks skip more of the
/// square above the diagonal, large ones make better products and fewer shapes of them. 64, 96 and
/// 128 are within 5% of each other from T = 128 to 2048.
constexpr int64_t kBlock = 128;

int64_t block_count(const AttentionShape& shape) { return (shape.T + kBlock - 1) / kBlock; }

/// The blocks of a sequence in the order first, last, second, last but one, ...: any run of them
/// costs about the same per block, though a later block meets more keys.
int64_t balanced_block(int64_t position, int64_t blocks) {
  return position % 2 == 0 ? position / 2 : blocks - 1 - position / 2;
}

/// Rows [begin, begin + count) of one head of a (B, T, heads, D) tensor as a (count, D) matrix.
template <class N>
Matrix<N> head_rows(N* data, const AttentionShape& shape, int64_t heads, int64_t b, int64_t head,
                    int64_t begin, int64_t count) {
  const int64_t row = heads * shape.D;
  return {data + (b * shape.T + begin) * row + head * shape.D, count, shape.D, row};
}

/// One block of queries of one head: rows [begin, end) against keys [0, end).
struct Block {
  Block(const AttentionShape& shape, int64_t b, int64_t h, int64_t index)
      : shape(shape),
        b(b),
        h(h),
        begin(index * kBlock),
        end(std::min(begin + kBlock, shape.T)),
        rows(end - begin) {}

  template <class N>
  Matrix<N> queries(N* data) const {
    return head_rows(data, shape, shape.H, b, h, begin, rows);
  }
  template <class N>
  Matrix<N> keys(N* data) const {
    return head_rows(data, shape, shape.K, b, h / (shape.H / shape.K), 0, end);
  }
  /// Where this block's rows start in a (B, H, T) tensor.
  int64_t first_row() const { return (b * shape.H + h) * shape.T + begin; }

  const AttentionShape& shape;
  int64_t b, h, begin, end, rows;
};

float score_scale(const AttentionShape& shape) {
  return 1.0f / std::sqrt(static_cast<float>(shape.D));
}

/// Hides the keys after the first `seen` of a row: their weights become 0, either here or, up to
/// the end of a whole vector, through a score of -infinity. Returns where the row's loops may stop.
template <class N>
int64_t hide_future(int64_t seen, int64_t keys, float* scores, N* weights) {
  const int64_t stop = std::min((seen + kLanes - 1) / kLanes * kLanes, keys);
  std::fill(scores + seen, scores + stop, -std::numeric_limits<float>::infinity());
  std::fill(weights + stop, weights + keys, N(0.0f));
  return stop;
}

template <class N>
void convert_row(const float* from, int64_t n, N* to) {
  for (int64_t j = 0; j < n; ++j) to[j] = static_cast<N>(from[j]);
}

template <class N>
void forward_block(const Block& block, const N* q, const N* k, const N* v, N* out,
                   float* log_sum_exp) {
  thread_local Scratch<float> score_memory, sum_memory;
  thread_local Scratch<N> weight_memory;
  const int64_t D = block.shape.D, rows = block.rows, keys = block.end;
  const Matrix<float> scores(score_memory.at_least(rows * keys), rows, keys);
  const Matrix<N> weights(weight_memory.at_least(rows * keys), rows, keys);
  const Matrix<float> sums(sum_memory.at_least(rows * D), rows, D);
  const Matrix<N> outs = block.queries(out);
  const float scale = score_scale(block.shape);
  float denominators[kBlock];

  gemm(block.queries(q), block.keys(k).t(), scores, Into::overwrite);
  for (int64_t i = 0; i < rows; ++i) {
    float* s = scores.row(i);
    const int64_t stop = hide_future(block.begin + i + 1, keys, s, weights.row(i));
    const float shift = scale * lane_max(stop, s[0], [&](int64_t j) { return s[j]; });
    for (int64_t j = 0; j < stop; ++j) s[j] = fast_exp(s[j] * scale - shift);
    denominators[i] = lane_sum(stop, [&](int64_t j) { return s[j]; });
    log_sum_exp[block.first_row() + i] = shift + std::log(denominators[i]);
    convert_row(s, stop, weights.row(i));
  }
  gemm(weights, block.keys(v), sums, Into::overwrite);
  for (int64_t i = 0; i < rows; ++i) {
    const float inverse = 1.0f / denominators[i];
    for (int64_t d = 0; d < D; ++d) outs.row(i)[d] = static_cast<N>(sums.row(i)[d] * inverse);
  }
}

/// Adds the gradients of one block of queries: dq in its own rows, dk and dv in float for the whole
/// sequence. `dots` (B, H, T) holds the sums over D of dout out.
template <class N>
void backward_block(const Block& block, const N* dout, const N* q, const N* k, const N* v,
                    const float* log_sum_exp, const float* dots, N* dq, float* dk, float* dv) {
  thread_local Scratch<float> score_memory, dweight_memory;
  thread_local Scratch<N> weight_memory, dscore_memory;
  const int64_t D = block.shape.D, rows = block.rows, keys = block.end;
  const Matrix<float> scores(score_memory.at_least(rows * keys), rows, keys);
  const Matrix<float> dweights(dweight_memory.at_least(rows * keys), rows, keys);
  const Matrix<N> weights(weight_memory.at_least(rows * keys), rows, keys);
  const Matrix<N> dscores(dscore_memory.at_least(rows * keys), rows, keys);
  const float scale = score_scale(block.shape);

  gemm(block.queries(q), block.keys(k).t(), scores, Into::overwrite);
  gemm(block.queries(dout), block.keys(v).t(), dweights, Into::overwrite);
  for (int64_t i = 0; i < rows; ++i) {
    float *s = scores.row(i), *d = dweights.row(i);
    const float shift = log_sum_exp[block.first_row() + i], dot = dots[block.first_row() + i];
    const int64_t stop = hide_future(block.begin + i + 1, keys, s, weights.row(i));
    for (int64_t j = 0; j < stop; ++j) s[j] = fast_exp(s[j] * scale - shift);
    for (int64_t j = 0; j < stop; ++j) d[j] = s[j] * (d[j] - dot) * scale;
    convert_row(s, stop, weights.row(i));
    convert_row(d, stop, dscores.row(i));
    std::fill(dscores.row(i) + stop, dscores.row(i) + keys, N(0.0f));
  }
  gemm(weights.t(), block.queries(dout), Matrix<float>(dv, keys, D), Into::accumulate);
  gemm(dscores.t(), block.queries(q), Matrix<float>(dk, keys, D), Into::accumulate);
  gemm(dscores, block.keys(k), block.queries(dq), Into::accumulate);
}

/// dots (B, H, T) = sums over D of a b, both (B, T, H, D).
template <class N>
void row_dots(const AttentionShape& shape, const N* a, const N* b, float* dots) {
  constexpr int64_t kGrain = 16;
  const auto [B, T, H, K, D] = shape;
  parallel_for(B * T, kGrain, [&, T = T, H = H, D = D](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      for (int64_t h = 0; h < H; ++h) {
        const N *x = a + (row * H + h) * D, *y = b + (row * H + h) * D;
        dots[(row / T * H + h) * T + row % T] = lane_sum(
            D, [&](int64_t d) { return static_cast<float>(x[d]) * static_cast<float>(y[d]); });
      }
    }
  });
}

template <class N>
void add_rows(Matrix<const float> from, Matrix<N> to) {
  for (int64_t i = 0; i < to.rows; ++i) {
    for (int64_t d = 0; d < to.cols; ++d) {
      to.row(i)[d] = static_cast<N>(static_cast<float>(to.row(i)[d]) + from.row(i)[d]);
    }
  }
}

}  // namespace

template <class N>
void attention_fwd(const AttentionShape& shape, const N* q, const N* k, const N* v, N* out,
                   float* log_sum_exp) {
  const int64_t blocks = block_count(shape);
  parallel_for(shape.B * shape.H * blocks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t item = begin; item < end; ++item) {
      const int64_t head = item / blocks;
      const Block block(shape, head / shape.H, head % shape.H,
                        balanced_block(item % blocks, blocks));
      forward_block(block, q, k, v, out, log_sum_exp);
    }
  });
}

template <class N>
void attention_bwd(const AttentionShape& shape, const N* dout, const N* q, const N* k, const N* v,
                   const N* out, const float* log_sum_exp, N* dq, N* dk, N* dv) {
  // An item is a key/value head with a share of the query blocks of its whole group; each item sums
  // dk and dv on its own, and the shares are added in order at the end.
  constexpr int64_t kItemsPerThread = 4;
  const int64_t blocks = block_count(shape), groups = shape.B * shape.K;
  const int64_t per_head = shape.H / shape.K;
  if (blocks * groups == 0) return;
  const int64_t shares = std::clamp<int64_t>(kItemsPerThread * thread_count() / groups, 1, blocks);
  thread_local Scratch<float> sum_memory, dot_memory;
  float* const dots = dot_memory.at_least(shape.B * shape.H * shape.T);
  row_dots(shape, dout, out, dots);
  const int64_t extent = shape.T * shape.D;
  float* const sums = sum_memory.at_least(2 * groups * shares * extent);

  parallel_for(groups * shares, 1, [&](int64_t begin, int64_t end) {
    for (int64_t item = begin; item < end; ++item) {
      const int64_t group = item / shares, share = item % shares;
      float* const item_dk = sums + 2 * item * extent;
      std::fill_n(item_dk, 2 * extent, 0.0f);
      for (int64_t position = blocks * share / shares; position < blocks * (share + 1) / shares;
           ++position) {
        for (int64_t h = 0; h < per_head; ++h) {
          const Block block(shape, group / shape.K, group % shape.K * per_head + h,
                            balanced_block(position, blocks));
          backward_block(block, dout, q, k, v, log_sum_exp, dots, dq, item_dk, item_dk + extent);
        }
      }
    }
  });
  parallel_for(groups, 1, [&](int64_t begin, int64_t end) {
    for (int64_t item = begin * shares; item < end * shares; ++item) {
      const int64_t b = item / shares / shape.K, head = item / shares % shape.K;
      const float* item_dk = sums + 2 * item * extent;
      add_rows({item_dk, shape.T, shape.D}, head_rows(dk, shape, shape.K, b, head, 0, shape.T));
      add_rows({item_dk + extent, shape.T, shape.D},
               head_rows(dv, shape, shape.K, b, head, 0, shape.T));
    }
  });
}

template void attention_fwd(const AttentionShape&, const float*, const float*, const float*, float*,
                            float*);
template void attention_fwd(const AttentionShape&, const bf16*, const bf16*, const bf16*, bf16*,
                            float*);
template void attention_bwd(const AttentionShape&, const float*, const float*, const float*,
                            const float*, const float*, const float*, float*, float*, float*);
template void attention_bwd(const AttentionShape&, const bf16*, const bf16*, const bf16*,
                            const bf16*, const bf16*, const float*, bf16*, bf16*, bf16*);

}  // namespace tern::kernels
