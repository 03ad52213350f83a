#pragma once

#include <algorithm>
#include <span>

#include "tern/kernels/cross_entropy.h"
#include "tern/kernels/gemm.h"
#include "tern/ops/op.h"

// What the .cc files of losses behind the language-model head share: logits exist for a chunk of
// rows at a time only, and the gradients are made with the loss.

namespace tern {

/// Rows of logits made at a time: as even parts of all rows as fit in about 130 MB of float32. So
/// few that they stay small, so many that the gradient of w, read and written once a chunk, does
/// not dominate.
inline int64_t head_chunk_rows(int64_t rows, int64_t vocabulary) {
  constexpr int64_t kMostLogits = 1 << 25;
  const int64_t most = std::max<int64_t>(kMostLogits / vocabulary, 1);
  const int64_t chunks = std::max<int64_t>((rows + most - 1) / most, 1);
  return (rows + chunks - 1) / chunks;
}

inline void check_head_arguments(const Tensor& x, const Tensor& w,
                                 std::span<const int32_t> targets) {
  check(w.rank() == 2 && w.cols() == x.cols() && w.dtype() == x.dtype(),
        "head: a {} weight of shape {} does not fit {} rows of {}", name_of(w.dtype()),
        to_string(w.shape()), name_of(x.dtype()), x.cols());
  check(static_cast<int64_t>(targets.size()) == x.rows(), "head: {} targets for {} rows",
        targets.size(), x.rows());
  for (const int32_t target : targets) {
    check(target >= kernels::kIgnoredTarget && target < w.dim(0),
          "head: target {} is outside the vocabulary of {}", target, w.dim(0));
  }
}

/// Rows whose target counts.
inline int64_t counted_rows(std::span<const int32_t> targets) {
  return std::ssize(targets) - std::count(targets.begin(), targets.end(), kernels::kIgnoredTarget);
}

/// Calls body(first row, logits, targets) for chunks of rows; the logits are the body's to
/// overwrite. T is the type of x and w.
template <class T, class Body>
void for_each_head_chunk(const Tensor& x, const Tensor& w, std::span<const int32_t> targets,
                         Body&& body) {
  const int64_t N = x.rows(), V = w.dim(0);
  const int64_t most = head_chunk_rows(N, V);
  const Tensor buffer = Tensor::empty({most, V}, DType::f32);
  for (int64_t begin = 0; begin < N; begin += most) {
    const int64_t rows = std::min(most, N - begin);
    const auto logits = matrix<float>(buffer).rows_from(0, rows);
    const auto chunk = matrix<const T>(x).rows_from(begin, rows);
    kernels::gemm(chunk, matrix<const T>(w).t(), logits, kernels::Into::overwrite);
    body(begin, logits, targets.subspan(begin, rows));
  }
}

/// The same where loss(first row, logits, targets, dlogits) fills dlogits (T; the logits themselves
/// when that is float): writes dx and adds to dw (f32) where it is defined.
template <class T, class Loss>
void head_loss_and_gradients(const Tensor& x, const Tensor& w, std::span<const int32_t> targets,
                             const Tensor& dx, const Tensor& dw, Loss&& loss) {
  using kernels::Into, kernels::Matrix;
  const bool in_place = std::is_same_v<T, float>;
  const Tensor buffer =
      Tensor::empty({in_place ? 0 : head_chunk_rows(x.rows(), w.dim(0)), w.dim(0)}, x.dtype());
  for_each_head_chunk<T>(
      x, w, targets, [&](int64_t begin, Matrix<float> logits, auto chunk_targets) {
        Matrix<T> dlogits;
        if constexpr (std::is_same_v<T, float>) {
          dlogits = logits;
        } else {
          dlogits = matrix<T>(buffer).rows_from(0, logits.rows);
        }
        loss(begin, logits, chunk_targets, dlogits);
        const Matrix<const T> d = dlogits;
        kernels::gemm(d, matrix<const T>(w), matrix<T>(dx).rows_from(begin, logits.rows),
                      Into::overwrite);
        if (dw.defined()) {
          kernels::gemm(d.t(), matrix<const T>(x).rows_from(begin, logits.rows), matrix<float>(dw),
                        Into::accumulate);
        }
      });
}

/// Records a loss whose gradients are made already: that of w was added, dx is handed on.
inline void record_head_loss(const char* op, const Tensor& loss, const Tensor& x, const Tensor& w,
                             const Tensor& dx) {
  record("head", loss, {x, w}, [=] {
    check(loss.gradient_slot().item() == 1.0f,
          "{}: the loss was scaled after it was made; pass `weight` instead", op);
    if (!x.requires_grad()) return;
    check(!x.has_gradient(), "{}: its input may feed no other op", op);
    x.set_gradient(dx);
  });
}

}  // namespace tern
