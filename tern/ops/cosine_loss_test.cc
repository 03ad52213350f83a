#include "tern/ops/cosine_loss.h"

#include "tern/base/error.h"
#include "tern/ops/op_test_util.h"

namespace tern {
namespace {

TEST(CosineLossOp, GradientMatchesCentralDifferencesForBothInputs) {
  const Tensor x = random_leaf({2, 2, 5}, 1), target = random_leaf({2, 2, 5}, 2);
  expect_gradients_match_differences({x, target}, [&] { return cosine_loss(x, target); });
}

TEST(CosineLossOp, IsTheMeanOverRows) {
  const std::vector<float> x = {3, 4, 3, 4}, target = {6, 8, -4, 3};
  const Tensor loss = cosine_loss(Tensor::from(x, {2, 2}), Tensor::from(target, {2, 2}));
  EXPECT_NEAR(loss.item(), 0.5, 1e-6);
}

TEST(CosineLossOp, RefusesInputsThatDifferInShapeOrType) {
  const Tensor x = random_leaf({2, 5}, 1);
  EXPECT_THROW(cosine_loss(x, random_leaf({5, 2}, 2)), Error);
  EXPECT_THROW(cosine_loss(x, Tensor::zeros({2, 5}, DType::bf16)), Error);
}

}  // namespace
}  // namespace tern
