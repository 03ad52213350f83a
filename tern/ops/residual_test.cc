#include "tern/ops/residual.h"

#include "tern/ops/op_test_util.h"

namespace tern {
namespace {

TEST(ResidualOp, GradientMatchesCentralDifferences) {
  const Tensor x = random_leaf({3, 5}, 1), branch = random_leaf({3, 5}, 2);
  expect_gradients_match_differences({x, branch}, [&] { return residual(x, branch); });
}

TEST(ResidualOp, AStreamUsedTwiceCollectsBothGradients) {
  const Tensor x = random_leaf({3, 5}, 1), branch = random_leaf({3, 5}, 2);
  expect_gradients_match_differences({x, branch}, [&] {
    const Tensor once = residual(x, branch);
    return residual(residual(once, branch), once);
  });
}

TEST(ResidualOp, ABranchThatNeedsNoGradientGetsNone) {
  const Tensor x = random_leaf({3, 5}, 1), branch = random_leaf({3, 5}, 2);
  branch.set_requires_grad(false);
  expect_gradients_match_differences({x}, [&] { return residual(x, branch); });
  EXPECT_FALSE(branch.has_gradient());
}

}  // namespace
}  // namespace tern
