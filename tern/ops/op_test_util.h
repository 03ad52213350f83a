#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

#include "tern/autograd/tape.h"
#include "tern/base/rng.h"
#include "tern/tensor/tensor.h"

namespace tern {

/// An f32 tensor of standard normal numbers that requires a gradient.
inline Tensor random_leaf(Shape shape, uint64_t seed, double scale = 1.0) {
  Rng rng(seed);
  const Tensor x = Tensor::empty(std::move(shape), DType::f32);
  for (float& value : x.values<float>()) value = static_cast<float>(scale * rng.normal());
  x.set_requires_grad(true);
  return x;
}

/// Values of an f32 or bf16 tensor as doubles.
inline std::vector<double> to_doubles(const Tensor& x) {
  std::vector<double> out;
  if (x.dtype() == DType::bf16) {
    for (const bf16 value : x.values<bf16>()) out.push_back(static_cast<float>(value));
  } else {
    for (const float value : x.values<float>()) out.push_back(value);
  }
  return out;
}

/// A tape entry whose loss is the sum of weight[i] * y[i] with fixed pseudo-random weights: it
/// seeds d loss / d y without needing any other op.
inline Tensor weighted_sum(const Tensor& y) {
  Rng rng(12345);
  std::vector<float> weight(static_cast<size_t>(y.size()));
  for (float& w : weight)
    w = static_cast<float>(static_cast<bf16>(static_cast<float>(rng.normal())));
  const std::vector<double> values = to_doubles(y);
  double sum = 0;
  for (size_t i = 0; i < values.size(); ++i) sum += weight[i] * values[i];
  const Tensor loss = Tensor::scalar(static_cast<float>(sum));
  record("weighted_sum", loss, {y}, [=] {
    const Tensor dy = gradient(y);
    const float upstream = loss.gradient_slot().item();
    for (size_t i = 0; i < weight.size(); ++i) {
      if (dy.dtype() == DType::bf16) {
        bf16& d = dy.values<bf16>()[i];
        d = bf16(static_cast<float>(d) + upstream * weight[i]);
      } else {
        dy.values<float>()[i] += upstream * weight[i];
      }
    }
  });
  return loss;
}

/// Expects the tape's gradient of weighted_sum(f()) with respect to every leaf to agree with
/// central differences. f computes in f32 from the leaves. The difference quotient of an f32 loss
/// carries an error of about (loss epsilon) / step + step^2; `tolerance` is relative to 1 +
/// |gradient|.
inline void expect_gradients_match_differences(const std::vector<Tensor>& leaves,
                                               const std::function<Tensor()>& f, double step = 1e-2,
                                               double tolerance = 2e-2) {
  {
    Tape tape;
    const Tensor loss = weighted_sum(f());
    tape.backward(loss);
  }
  for (size_t l = 0; l < leaves.size(); ++l) {
    const std::vector<double> analytic = to_doubles(gradient(leaves[l]));
    for (int64_t i = 0; i < leaves[l].size(); ++i) {
      float& value = leaves[l].values<float>()[i];
      const float saved = value;
      const auto loss_at = [&](double x) {
        value = static_cast<float>(x);
        const double loss = weighted_sum(f()).item();
        value = saved;
        return loss;
      };
      const double numeric = (loss_at(saved + step) - loss_at(saved - step)) / (2 * step);
      EXPECT_NEAR(analytic[i], numeric, tolerance * (1 + std::abs(numeric)))
          << "leaf " << l << ", element " << i;
    }
    leaves[l].clear_gradient();
  }
}

}  // namespace tern
