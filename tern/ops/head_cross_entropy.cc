#include "tern/ops/head_cross_entropy.h"

#include <algorithm>
#include <numeric>

#include "tern/kernels/cross_entropy.h"
#include "tern/kernels/gemm.h"
#include "tern/ops/op.h"

namespace tern {
namespace {

using kernels::gemm;
using kernels::Into;
using kernels::Matrix;

/// Rows of logits made at a time: as even parts of all rows as fit in about 130 MB of float32. So
/// few that they stay small, so many that the gradient of w, read and written once a chunk, does
/// not dominate.
int64_t chunk_rows(int64_t rows, int64_t vocabulary) {
  constexpr int64_t kMostLogits = 1 << 25;
  const int64_t most = std::max<int64_t>(kMostLogits / vocabulary, 1);
  const int64_t chunks = std::max<int64_t>((rows + most - 1) / most, 1);
  return (rows + chunks - 1) / chunks;
}

void check_arguments(const Tensor& x, const Tensor& w, std::span<const int32_t> targets) {
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

/// Calls body(rows, logits, targets) for chunks of rows; the logits are the body's to overwrite.
template <class T, class Body>
void for_each_chunk(const Tensor& x, const Tensor& w, std::span<const int32_t> targets,
                    Body&& body) {
  const int64_t N = x.rows(), V = w.dim(0);
  const int64_t most = chunk_rows(N, V);
  const Tensor buffer = Tensor::empty({most, V}, DType::f32);
  for (int64_t begin = 0; begin < N; begin += most) {
    const int64_t rows = std::min(most, N - begin);
    const auto logits = matrix<float>(buffer).rows_from(0, rows);
    const auto chunk = matrix<const T>(x).rows_from(begin, rows);
    gemm(chunk, matrix<const T>(w).t(), logits, Into::overwrite);
    body(begin, logits, targets.subspan(begin, rows));
  }
}

/// Fills nll and, for a loss of scale * sum(nll), writes dx and adds to dw (f32).
template <class T>
void loss_and_gradients(const Tensor& x, const Tensor& w, std::span<const int32_t> targets,
                        float scale, const Tensor& dx, const Tensor& dw, std::vector<float>& nll) {
  const bool in_place = std::is_same_v<T, float>;
  const Tensor buffer =
      Tensor::empty({in_place ? 0 : chunk_rows(x.rows(), w.dim(0)), w.dim(0)}, x.dtype());
  for_each_chunk<T>(x, w, targets, [&](int64_t begin, Matrix<float> logits, auto chunk_targets) {
    Matrix<T> dlogits;
    if constexpr (std::is_same_v<T, float>) {
      dlogits = logits;
    } else {
      dlogits = matrix<T>(buffer).rows_from(0, logits.rows);
    }
    {
      const Zone zone("cross_entropy");
      kernels::cross_entropy_fwd_bwd(logits, chunk_targets, scale, nll.data() + begin, dlogits);
    }
    const Matrix<const T> d = dlogits;
    gemm(d, matrix<const T>(w), matrix<T>(dx).rows_from(begin, logits.rows), Into::overwrite);
    if (dw.defined()) {
      gemm(d.t(), matrix<const T>(x).rows_from(begin, logits.rows), matrix<float>(dw),
           Into::accumulate);
    }
  });
}

}  // namespace

std::vector<float> head_negative_log_likelihood(const Tensor& x, const Tensor& w,
                                                std::span<const int32_t> targets) {
  const Zone zone("head");
  check_arguments(x, w, targets);
  std::vector<float> nll(targets.size());
  for_float_type("head", x.dtype(), [&]<class T>() {
    for_each_chunk<T>(x, w, targets, [&](int64_t begin, Matrix<float> logits, auto chunk_targets) {
      kernels::cross_entropy_fwd(logits, chunk_targets, nll.data() + begin);
    });
  });
  return nll;
}

Tensor head_cross_entropy(const Tensor& x, const Tensor& w, std::span<const int32_t> targets,
                          float weight) {
  const auto counted = std::count_if(targets.begin(), targets.end(),
                                     [](int32_t t) { return t != kernels::kIgnoredTarget; });
  const float scale = weight / static_cast<float>(std::max<int64_t>(counted, 1));
  std::vector<float> nll;
  Tensor dx;
  if (Tape::current() == nullptr) {
    nll = head_negative_log_likelihood(x, w, targets);
  } else {
    const Zone zone("head");
    check_arguments(x, w, targets);
    nll.resize(targets.size());
    dx = Tensor::empty(x.shape(), x.dtype());
    const Tensor dw = w.requires_grad() ? gradient(w) : Tensor();
    for_float_type("head", x.dtype(),
                   [&]<class T>() { loss_and_gradients<T>(x, w, targets, scale, dx, dw, nll); });
  }
  const double sum = std::accumulate(nll.begin(), nll.end(), 0.0);
  const Tensor loss = Tensor::scalar(static_cast<float>(sum * scale));

  record("head", loss, {x, w}, [=] {
    check(loss.gradient_slot().item() == 1.0f,
          "head_cross_entropy: the loss was scaled after it was made; pass `weight` instead");
    if (!x.requires_grad()) return;
    check(!x.has_gradient(), "head_cross_entropy: its input may feed no other op");
    x.set_gradient(dx);
  });
  return loss;
}

}  // namespace tern
