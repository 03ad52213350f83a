#include "tern/ops/swiglu.h"

#include "tern/base/error.h"
#include "tern/ops/op_test_util.h"

namespace tern {
namespace {

TEST(SwiGLUOp, GradientMatchesCentralDifferences) {
  const Tensor gate = random_leaf({2, 3, 5}, 1), up = random_leaf({2, 3, 5}, 2);
  expect_gradients_match_differences({gate, up}, [&] { return swiglu(gate, up); });
}

TEST(SwiGLUOp, OneTensorMayBeBothGateAndInput) {
  const Tensor x = random_leaf({3, 20}, 3);
  expect_gradients_match_differences({x}, [&] { return swiglu(x, x); });
}

TEST(SwiGLUOp, RefusesInputsThatDifferInShapeOrType) {
  const Tensor gate = random_leaf({3, 5}, 1);
  EXPECT_THROW(swiglu(gate, random_leaf({3, 6}, 2)), Error);
  EXPECT_THROW(swiglu(gate, Tensor::zeros({3, 5}, DType::bf16)), Error);
}

}  // namespace
}  // namespace tern
