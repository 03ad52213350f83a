#pragma once

#include <numeric>
#include <vector>

#include "tern/ops/op.h"

// What the .cc files of losses between the rows of two tensors share.

namespace tern {

inline void check_row_loss(const char* op, const Tensor& x, const Tensor& target) {
  check_same_shape(op, x, target);
  check(x.dtype() == target.dtype(), "{}: the input is {}, the target {}; cast one of them", op,
        name_of(x.dtype()), name_of(target.dtype()));
  check(x.size() > 0, "{}: there are no rows in {}", op, to_string(x.shape()));
}

/// The mean of the rows' losses (N) as a float32 scalar.
inline Tensor mean_of_rows(const Tensor& losses) {
  const auto rows = losses.values<const float>();
  const double sum = std::accumulate(rows.begin(), rows.end(), 0.0);
  return Tensor::scalar(static_cast<float>(sum / static_cast<double>(rows.size())));
}

/// d loss / d row, the same for each of N rows of the mean `loss`, once its gradient is there.
inline std::vector<float> row_gradients(const Tensor& loss, int64_t N) {
  return std::vector<float>(static_cast<size_t>(N),
                            loss.gradient_slot().item() / static_cast<float>(N));
}

/// The mean over rows of a loss that treats x and target alike, so that either may require a
/// gradient: forward(x, target, losses) and backward(dlosses, x, target, dx) are its kernels.
template <class Forward, class Backward>
Tensor symmetric_row_loss(const char* op, const Tensor& x, const Tensor& target, Forward forward,
                          Backward backward) {
  const Zone zone(op);
  check_row_loss(op, x, target);
  const Tensor losses = Tensor::empty({x.rows()}, DType::f32);
  for_float_type(op, x.dtype(), [&]<class T>() {
    forward(matrix<const T>(x), matrix<const T>(target), losses.data<float>());
  });
  const Tensor loss = mean_of_rows(losses);

  record(op, loss, {x, target}, [=] {
    const std::vector<float> dlosses = row_gradients(loss, x.rows());
    for_float_type(op, x.dtype(), [&]<class T>() {
      const auto a = matrix<const T>(x), b = matrix<const T>(target);
      if (x.requires_grad()) backward(dlosses.data(), a, b, matrix<T>(gradient(x)));
      if (target.requires_grad()) backward(dlosses.data(), b, a, matrix<T>(gradient(target)));
    });
  });
  return loss;
}

}  // namespace tern
