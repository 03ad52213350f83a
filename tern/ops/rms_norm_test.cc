#include "tern/ops/rms_norm.h"

#include "tern/base/error.h"
#include "tern/ops/op_test_util.h"

namespace tern {
namespace {

TEST(RmsNormOp, GradientMatchesCentralDifferences) {
  const Tensor x = random_leaf({2, 3, 8}, 1), gain = random_leaf({8}, 2);
  expect_gradients_match_differences({x, gain}, [&] { return rms_norm(x, gain, 1e-5f); });
}

TEST(RmsNormOp, GradientWithoutAGainMatchesCentralDifferences) {
  const Tensor x = random_leaf({2, 3, 8}, 1);
  expect_gradients_match_differences({x}, [&] { return rms_norm(x, {}, 1e-5f); });
}

TEST(RmsNormOp, AGainThatNeedsNoGradientGetsNone) {
  const Tensor x = random_leaf({2, 8}, 1), gain = random_leaf({8}, 2);
  gain.set_requires_grad(false);
  expect_gradients_match_differences({x}, [&] { return rms_norm(x, gain, 1e-5f); });
  EXPECT_FALSE(gain.has_gradient());
}

TEST(RmsNormOp, RefusesAGainOfAnotherWidth) {
  const Tensor x = random_leaf({2, 8}, 1), gain = random_leaf({7}, 2);
  EXPECT_THROW(rms_norm(x, gain, 1e-5f), Error);
}

}  // namespace
}  // namespace tern
