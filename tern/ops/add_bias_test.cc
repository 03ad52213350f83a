#include "tern/ops/add_bias.h"

#include "tern/base/error.h"
#include "tern/ops/op_test_util.h"

namespace tern {
namespace {

TEST(AddBiasOp, GradientsMatchCentralDifferences) {
  const Tensor x = random_leaf({2, 3, 5}, 1), bias = random_leaf({5}, 2);
  expect_gradients_match_differences({x, bias}, [&] { return add_bias(x, bias); });
}

TEST(AddBiasOp, ABf16InputHasAFloat32BiasAndGradient) {
  const Tensor bias = random_leaf({4}, 1);
  Tensor x = Tensor::zeros({3, 4}, DType::bf16);
  x.set_requires_grad(true);
  Tape tape;
  const Tensor y = add_bias(x, bias);
  EXPECT_EQ(y.dtype(), DType::bf16);
  EXPECT_NEAR(to_doubles(y)[5], bias.values<float>()[1], 0x1p-8 * std::abs(to_doubles(y)[5]));
  tape.backward(weighted_sum(y));
  EXPECT_EQ(gradient(bias).dtype(), DType::f32);
  EXPECT_EQ(gradient(x).dtype(), DType::bf16);
  EXPECT_NE(to_doubles(gradient(x))[0], 0);
}

TEST(AddBiasOp, LearnsAConstantThatTheInputLacks) {
  const Tensor x = Tensor::zeros({8, 2}), bias = random_leaf({2}, 1, 0);
  for (int step = 0; step < 50; ++step) {
    Tape tape;
    const Tensor y = add_bias(x, bias);
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

TEST(AddBiasOp, RefusesABiasOfAnotherWidth) {
  EXPECT_THROW(add_bias(Tensor::zeros({2, 3}), Tensor::zeros({2})), Error);
}

}  // namespace
}  // namespace tern
