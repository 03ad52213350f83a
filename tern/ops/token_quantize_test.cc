#include "tern/ops/token_quantize.h"

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
  const std::vector<float> want{127, 0, -1.6f, 0, -12.7f, 0};
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

/// What the rule takes the derivative of: x between its limits, which are constants.
TEST(TokenQuantizeOp, ClippedGradientIsThatOfCuttingTheInputOffAtTheLimit) {
  for (const auto quantize : {token_quantize, channel_quantize}) {
    const Tensor x = random_leaf({6, 6}, 3);
    for (int i = 0; i < 6; ++i) x.values<float>()[7 * i] = 5;  // one in every token and channel
    Tape tape;
    tape.backward(weighted_sum(quantize(x, 8, 0.5f)));
    const std::vector<double> clipped = to_doubles(gradient(x));
    x.clear_gradient();
    Tape plain_tape;
    plain_tape.backward(weighted_sum(x));
    const std::vector<double> plain = to_doubles(gradient(x));
    for (size_t i = 0; i < plain.size(); ++i) {
      const bool inside = std::abs(x.values<float>()[i]) <= 2.5f;
      EXPECT_EQ(clipped[i], inside ? plain[i] : 0) << i;
    }
  }
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
