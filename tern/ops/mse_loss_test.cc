#include "tern/ops/mse_loss.h"

#include "tern/base/error.h"
#include "tern/ops/op_test_util.h"

namespace tern {
namespace {

TEST(MseLossOp, GradientMatchesCentralDifferencesForBothInputs) {
  const Tensor x = random_leaf({2, 2, 5}, 1), target = random_leaf({2, 2, 5}, 2);
  expect_gradients_match_differences({x, target}, [&] { return mse_loss(x, target); });
}

TEST(MseLossOp, IsTheMeanOverAllNumbers) {
  const std::vector<float> x = {1, 2, 3, 4}, target = {1, 4, 3, 0};
  EXPECT_EQ(mse_loss(Tensor::from(x, {2, 2}), Tensor::from(target, {2, 2})).item(), 5.0f);
}

TEST(MseLossOp, RefusesInputsThatDifferInShapeOrType) {
  const Tensor x = random_leaf({2, 5}, 1);
  EXPECT_THROW(mse_loss(x, random_leaf({5, 2}, 2)), Error);
  EXPECT_THROW(mse_loss(x, Tensor::zeros({2, 5}, DType::bf16)), Error);
}

}  // namespace
}  // namespace tern
