#include "tern/ops/linear.h"

#include "tern/base/error.h"
#include "tern/ops/op_test_util.h"

namespace tern {
namespace {

TEST(LinearOp, GradientMatchesCentralDifferences) {
  const Tensor x = random_leaf({2, 3, 5}, 1), w = random_leaf({4, 5}, 2);
  expect_gradients_match_differences({x, w}, [&] { return linear(x, w); });
}

TEST(LinearOp, GradientsWithABiasMatchCentralDifferences) {
  const Tensor x = random_leaf({2, 3, 5}, 1), w = random_leaf({4, 5}, 2),
               bias = random_leaf({4}, 3);
  expect_gradients_match_differences({x, w, bias}, [&] { return linear(x, w, bias); });
}

TEST(LinearOp, ABf16ProductHasAFloat32BiasAndItsGradient) {
  const Tensor bias = random_leaf({4}, 1);
  Tape tape;
  const Tensor y =
      linear(Tensor::zeros({3, 5}, DType::bf16), Tensor::zeros({4, 5}, DType::bf16), bias);
  EXPECT_EQ(y.dtype(), DType::bf16);
  EXPECT_NEAR(to_doubles(y)[5], bias.values<float>()[1], 0x1p-8 * std::abs(to_doubles(y)[5]));
  tape.backward(weighted_sum(y));
  EXPECT_EQ(gradient(bias).dtype(), DType::f32);
  EXPECT_NE(to_doubles(gradient(bias))[0], 0);
}

TEST(LinearOp, LearnsABiasThatTheInputLacks) {
  const Tensor x = Tensor::zeros({8, 3}), w = Tensor::zeros({2, 3}), bias = random_leaf({2}, 1, 0);
  for (int step = 0; step < 50; ++step) {
    Tape tape;
    const Tensor y = linear(x, w, bias);
    const Tensor loss = Tensor::scalar(0);
    record("squares to (1, -2)", loss, {y}, [=] {
      const Tensor dy = gradient(y);
      for (int64_t i = 0; i < y.size(); ++i) {
        dy.values<float>()[i] += (y.values<float>()[i] - (i % 2 == 0 ? 1.0f : -2.0f)) / 8;
      }
    });
    tape.backward(loss);
    for (int c = 0; c < 2; ++c) bias.values<float>()[c] -= 0.3f * gradient(bias).values<float>()[c];
    bias.clear_gradient();
  }
  EXPECT_NEAR(bias.values<float>()[0], 1, 1e-4);
  EXPECT_NEAR(bias.values<float>()[1], -2, 1e-4);
}

TEST(LinearOp, AnInputUsedTwiceCollectsBothGradients) {
  const Tensor x = random_leaf({3, 5}, 1), a = random_leaf({5, 5}, 2);
  expect_gradients_match_differences(
      {x, a}, [&] { return linear(linear(x, a), a); }, 1e-2, 4e-2);
}

TEST(LinearOp, RefusesAWeightOfAnotherWidthOrType) {
  const Tensor x = random_leaf({3, 5}, 1);
  EXPECT_THROW(linear(x, random_leaf({4, 6}, 2)), Error);
  EXPECT_THROW(linear(x, Tensor::zeros({4, 5}, DType::bf16)), Error);
  EXPECT_THROW(linear(x, random_leaf({4, 5}, 2), Tensor::zeros({3})), Error);
}

}  // namespace
}  // namespace tern
