#include "tern/ops/dead_weights.h"

#include <gtest/gtest.h>

#include "tern/ops/fake_quantize.h"
#include "tern/ops/mse_loss.h"
#include "tern/ops/op_test_util.h"
#include "tern/quant/absmean.h"
#include "tern/quant/codes_test_util.h"

namespace tern {
namespace {

TEST(DeadWeightBias, HasTheGradientsOfItsFormula) {
  const Tensor w = random_leaf({3, 8}, 1), scale = random_leaf({3}, 2);
  const Tensor codes = absmean_codes(w, Grouping{4});  // held still: codes have no derivative
  expect_gradients_match_differences({w, scale}, [&] { return dead_weight_bias(w, codes, scale); });
}

TEST(DeadWeightBias, OneScaleServesAllRowsAndIsLearnedFromAll) {
  const Tensor w = random_leaf({3, 8}, 3), scale = random_leaf({1}, 4);
  const Tensor codes = absmean_codes(w, Grouping{4});
  expect_gradients_match_differences({w, scale}, [&] { return dead_weight_bias(w, codes, scale); });
}

TEST(DeadWeightBias, NothingDeadGivesNoBias) {
  const Tensor w = Tensor::from(std::vector<float>{1, -1, 1, -1}, {1, 4});
  EXPECT_EQ(dead_weight_bias(w, absmean_codes(w, Grouping{4}), Tensor::scalar(5)).item(), 0);
}

TEST(BoostDeadGradient, MultipliesTheGradientOfDeadWeightsAlone) {
  const Tensor w = random_leaf({2, 8}, 5);
  const Tensor codes = absmean_codes(w, Grouping{4});
  const auto gradient_with = [&](float factor) {
    w.clear_gradient();
    Tape tape;
    tape.backward(weighted_sum(fake_quantize(w, Absmean{}, Grouping{4}, 1.0f, DType::f32)));
    boost_dead_gradient(w, codes, factor);
    return to_doubles(gradient(w));
  };
  const std::vector<double> plain = gradient_with(1), boosted = gradient_with(4);
  for (size_t i = 0; i < plain.size(); ++i) {
    EXPECT_NE(plain[i], 0);
    EXPECT_EQ(boosted[i], plain[i] * (codes.data<int8_t>()[i] == 0 ? 4 : 1)) << i;
  }
}

/// Small dead weights that should be live, of a layer whose live ones are right; the error of the
/// ternary weights after gradient descent.
double error_after_learning(float factor) {
  const Tensor w = random_leaf({4, 32}, 8, 0.01);
  const Tensor target = Tensor::empty(w.shape(), DType::f32);
  for (int64_t i = 0; i < w.size(); ++i) {
    target.data<float>()[i] = i % 2 == 0 ? 1.0f : -1.0f;
    if (i % 4 < 2) w.data<float>()[i] = target.data<float>()[i];
  }
  double error = 0;
  for (int step = 0; step < 40; ++step) {
    w.clear_gradient();
    Tape tape;
    const Tensor loss =
        mse_loss(fake_quantize(w, Absmean{}, Grouping{32}, 1.0f, DType::f32), target);
    error = loss.item();
    tape.backward(loss);
    boost_dead_gradient(w, absmean_codes(w, Grouping{32}), factor);
    for (int64_t i = 0; i < w.size(); ++i) {
      w.data<float>()[i] -= 0.4f * gradient(w).data<float>()[i];
    }
  }
  return error;
}

TEST(BoostDeadGradient, HelpsDeadWeightsAcrossTheThresholdInTime) {
  EXPECT_LT(error_after_learning(4), 0.5 * error_after_learning(1));
}

}  // namespace
}  // namespace tern
