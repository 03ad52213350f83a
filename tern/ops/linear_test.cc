#include "tern/ops/linear.h"

#include "tern/base/error.h"
#include "tern/ops/op_test_util.h"

namespace tern {
namespace {

TEST(LinearOp, GradientMatchesCentralDifferences) {
  const Tensor x = random_leaf({2, 3, 5}, 1), w = random_leaf({4, 5}, 2);
  expect_gradients_match_differences({x, w}, [&] { return linear(x, w); });
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
}

}  // namespace
}  // namespace tern
