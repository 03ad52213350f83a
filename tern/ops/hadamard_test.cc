#include "tern/ops/hadamard.h"

#include "tern/base/error.h"
#include "tern/ops/linear.h"
#include "tern/ops/op_test_util.h"
#include "tern/ops/token_quantize.h"

namespace tern {
namespace {

double distance(const Tensor& a, const Tensor& b) {
  double sum = 0;
  for (int64_t i = 0; i < a.size(); ++i) {
    sum += std::pow(a.values<float>()[i] - b.values<float>()[i], 2);
  }
  return std::sqrt(sum);
}

TEST(HadamardOp, GradientMatchesCentralDifferences) {
  const Tensor x = random_leaf({2, 48}, 1);
  expect_gradients_match_differences({x}, [&] { return hadamard(x, 16); });
}

TEST(HadamardOp, GradientAddsToWhatOtherReadersLeft) {
  const Tensor x = random_leaf({3, 8}, 1);
  const auto gradient_of = [&](const std::function<Tensor()>& y) {
    Tape tape;
    tape.backward(weighted_sum(y()));
    return to_doubles(gradient(x));
  };
  const auto alone = gradient_of([&] { return hadamard(x, 8); });  // x keeps this gradient
  const auto both = gradient_of([&] { return hadamard(x, 8); });
  for (size_t i = 0; i < alone.size(); ++i) EXPECT_NEAR(both[i], 2 * alone[i], 1e-6);
}

TEST(HadamardOp, RotatedWeightsOnRotatedInputsAreTheSameLayer) {
  const Tensor x = random_leaf({4, 96}, 1), w = random_leaf({5, 96}, 2);
  const Tensor before = linear(x, w);
  rotate_weights(w, 32);
  EXPECT_LT(distance(linear(hadamard(x, 32), w), before), 1e-4);
  EXPECT_GT(distance(linear(x, w), before), 1);
}

TEST(HadamardOp, MakesFourBitsHoldATokenWithAnOutlier) {
  const Tensor x = random_leaf({1, 64}, 1), w = random_leaf({16, 64}, 2);
  x.values<float>()[10] = 30;
  const Tensor exact = linear(x, w);
  const double plain = distance(linear(token_quantize(x, 4), w), exact);
  rotate_weights(w, 64);
  EXPECT_LT(distance(linear(token_quantize(hadamard(x, 64), 4), w), exact), 0.5 * plain);
}

TEST(HadamardOp, RefusesABlockThatDoesNotFit) {
  EXPECT_THROW(hadamard(Tensor::zeros({2, 576}), 128), Error);
  EXPECT_THROW(hadamard(Tensor::zeros({2, 576}), 9), Error);
  EXPECT_THROW(rotate_weights(Tensor::zeros({2, 576}), 1), Error);
}

}  // namespace
}  // namespace tern
