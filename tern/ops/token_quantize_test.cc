#include "tern/ops/token_quantize.h"

#include <algorithm>

#include "tern/base/error.h"
#include "tern/ops/op_test_util.h"

namespace tern {
namespace {

const std::vector<float> kActivations{127, 3.4f, -1.6f, 0.5f, -12.7f, 0.24f};

TEST(TokenQuantizeOp, RoundsEveryTokenToItsOwnGrid) {
  const Tensor x = Tensor::from(kActivations, {2, 3});
  const Tensor y = token_quantize(x, 8);
  const std::vector<float> want{127, 3, -2, 0.5f, -12.7f, 0.2f};
  for (size_t i = 0; i < want.size(); ++i) EXPECT_FLOAT_EQ(y.values<float>()[i], want[i]);
}

TEST(TokenQuantizeOp, RoundsEveryChannelToItsOwnGrid) {
  const Tensor y = channel_quantize(Tensor::from(kActivations, {2, 3}), 2);
  const std::vector<float> want{127, 3.4f, -1.6f, 0, -12.7f, 0};
  EXPECT_EQ(std::vector<float>(y.values<float>().begin(), y.values<float>().end()), want);
}

TEST(TokenQuantizeOp, GradientPassesStraightThrough) {
  const Tensor x = random_leaf({4, 8}, 1);
  std::vector<double> quantized, plain;
  for (std::vector<double>* result : {&quantized, &plain}) {
    Tape tape;
    tape.backward(weighted_sum(result == &plain ? x : token_quantize(x, 4)));
    *result = to_doubles(gradient(x));
    x.clear_gradient();
  }
  EXPECT_EQ(quantized, plain);
}

TEST(TokenQuantizeOp, GradientAddsToWhatOtherReadersLeft) {
  const Tensor x = random_leaf({4, 8}, 1);
  Tape tape;
  const Tensor once = token_quantize(x, 8), twice = channel_quantize(once, 8);
  const Tensor y = Tensor::empty({4, 8}, DType::f32);
  record("sum", y, {once, twice}, [=] {
    for (const Tensor& input : {once, twice}) {
      const Tensor dx = gradient(input);
      for (float& d : dx.values<float>()) d += 1;
    }
  });
  tape.backward(weighted_sum(y));
  for (const double d : to_doubles(gradient(x))) EXPECT_EQ(d, 2);
}

/// The surrogate that the rule takes the derivative of: the input cut off at a constant limit, and
/// mixed with the input itself by lambda.
void expect_gradient_of_cutting_off(float lambda) {
  constexpr float kLimit = 2.5f, kStep = 1e-3f;
  for (const auto quantize : {token_quantize, channel_quantize}) {
    const Tensor x = random_leaf({6, 6}, 3);
    // In every token, and in the first one of every channel.
    for (int i = 0; i < 6; ++i) x.values<float>()[6 * i] = x.values<float>()[i] = 2 * kLimit;
    x.values<float>()[7] = -0.99f * kLimit;
    x.values<float>()[8] = -1.01f * kLimit;
    Tape tape;
    tape.backward(weighted_sum(quantize(x, 8, 0.5f, lambda)));
    const std::vector<double> got = to_doubles(gradient(x));
    const auto surrogate_at = [&](int64_t i, float moved) {
      const Tensor cut = x.clone();
      cut.values<float>()[i] += moved;
      for (float& value : cut.values<float>()) {
        value += lambda * (std::clamp(value, -kLimit, kLimit) - value);
      }
      return weighted_sum(cut).item();
    };
    for (int64_t i = 0; i < x.size(); ++i) {
      EXPECT_NEAR(got[i], (surrogate_at(i, kStep) - surrogate_at(i, -kStep)) / (2 * kStep), 2e-2)
          << i;
    }
  }
}

TEST(TokenQuantizeOp, ClippedGradientIsThatOfCuttingTheInputOffAtItsLimit) {
  expect_gradient_of_cutting_off(1);
  expect_gradient_of_cutting_off(0.3f);
}

TEST(TokenQuantizeOp, RefusesAClipOutOfRange) {
  EXPECT_THROW(token_quantize(Tensor::zeros({2, 2}), 8, 0), Error);
  EXPECT_THROW(channel_quantize(Tensor::zeros({2, 2}), 8, 1.5f), Error);
}

TEST(TokenQuantizeOp, RefusesBitsOutOfRange) {
  EXPECT_THROW(token_quantize(Tensor::zeros({2, 2}), 1), Error);
  EXPECT_THROW(channel_quantize(Tensor::zeros({2, 2}), 9), Error);
}

}  // namespace
}  // namespace tern
