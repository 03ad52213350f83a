#include "tern/ops/softmax.h"

#include "tern/base/error.h"
#include "tern/ops/op_test_util.h"

namespace tern {
namespace {

TEST(SoftmaxOp, GradientMatchesCentralDifferences) {
  const Tensor x = random_leaf({2, 3, 5}, 1);
  expect_gradients_match_differences({x}, [&] { return softmax(x); });
}

TEST(SoftmaxOp, EveryRowSumsToOne) {
  const std::vector<double> y = to_doubles(softmax(random_leaf({2, 4}, 1)));
  EXPECT_NEAR(y[0] + y[1] + y[2] + y[3], 1, 1e-6);
  EXPECT_NEAR(y[4] + y[5] + y[6] + y[7], 1, 1e-6);
}

TEST(SoftmaxOp, RefusesOtherTypes) {
  EXPECT_THROW(softmax(Tensor::zeros({2}, DType::bf16)), Error);
}

}  // namespace
}  // namespace tern
