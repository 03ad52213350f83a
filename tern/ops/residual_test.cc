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

}  // namespace
}  // namespace tern
